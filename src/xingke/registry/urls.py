from django.urls import path

from xingke.registry.views import accounts, audit, grants, organisations

app_name = "registry"
urlpatterns = [
    path("organisations/", organisations.organisation_list, name="organisation-list"),
    path("organisations/new/", organisations.organisation_new, name="organisation-new"),
    path("organisations/<uuid:key>/", organisations.organisation, name="organisation"),
    path("organisations/<uuid:key>/correct/", organisations.organisation_correct, name="organisation-correct"),
    path("accounts/", accounts.account_list, name="account-list"),
    path("accounts/new/", accounts.account_new, name="account-new"),
    path("accounts/<str:username>/switch/", accounts.account_switch, name="account-switch"),
    path("accounts/<str:username>/reset/", accounts.account_reset, name="account-reset"),
    path("accounts/<str:username>/unlock/", grants.account_unlock, name="account-unlock"),
    path("grants/", grants.grant_list, name="grant-list"),
    path("grants/give/", grants.grant_give, name="grant-give"),
    path("grants/<int:pk>/revoke/", grants.grant_revoke, name="grant-revoke"),
    path("audit/", audit.audit, name="audit"),
]
