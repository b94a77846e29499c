from django.urls import path

from xingke.funds.views import accounts, batches, commitments, pools

app_name = "funds"
urlpatterns = [
    path("funds/", pools.pool_list, name="pool-list"),
    path("funds/pools/new/", pools.pool_new, name="pool-new"),
    path("funds/pools/<uuid:key>/", pools.pool, name="pool"),
    path("funds/pools/<uuid:key>/allot/", pools.pool_allot, name="pool-allot"),
    path("funds/pools/<uuid:key>/carry/", pools.pool_carry, name="pool-carry"),
    path("funds/commitments/", commitments.commitment_list, name="commitment-list"),
    path("funds/commitments/new/", commitments.commitment_new, name="commitment-new"),
    path("funds/commitments/<uuid:decision>/", commitments.commitment, name="commitment"),
    path("funds/commitments/<uuid:decision>/release/", commitments.commitment_release, name="commitment-release"),
    path("funds/accounts/", accounts.account_list, name="account-list"),
    path("funds/accounts/new/", accounts.account_new, name="account-new"),
    path("funds/accounts/<uuid:key>/", accounts.account, name="account"),
    path("funds/accounts/<uuid:key>/decide/", accounts.account_decide, name="account-decide"),
    path("funds/batches/", batches.batch_list, name="batch-list"),
    path("funds/batches/new/", batches.batch_new, name="batch-new"),
    path("funds/batches/<uuid:key>/", batches.batch, name="batch"),
    path("funds/batches/<uuid:key>/put/", batches.batch_put, name="batch-put"),
    path("funds/batches/<uuid:key>/take/", batches.batch_take, name="batch-take"),
    path("funds/batches/<uuid:key>/void/", batches.batch_void, name="batch-void"),
    path("funds/batches/<uuid:key>/pay/", batches.batch_pay, name="batch-pay"),
    path("funds/batches/<uuid:key>/file/", batches.batch_file, name="batch-file"),
]
