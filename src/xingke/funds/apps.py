from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FundsConfig(AppConfig):
    name = "xingke.funds"
    label = "funds"
    verbose_name = _("资金")

    def ready(self) -> None:
        from xingke.accounts.permissions import PERMISSIONS, Grantable
        from xingke.base.checks import CHECKS
        from xingke.base.menu import ITEMS, WAYS, MenuItem, Ways
        from xingke.base.panels import PANELS, Panel
        from xingke.base.searching import SEARCHABLES
        from xingke.base.tasks import DUTIES
        from xingke.funds import checks, finding, lists, panels, tasks, ways
        from xingke.funds.actions.accounts import CODE, change_account_keys
        from xingke.funds.permissions import FundPermission
        from xingke.funds.queries import account_keys, is_account_key
        from xingke.registry.listing import LISTS
        from xingke.registry.sealing import SEALERS, Sealer

        PERMISSIONS.add(
            *(
                Grantable(
                    permission=each,
                    changes=each is not FundPermission.READ,
                    is_work=each is FundPermission.PLAN,
                )
                for each in FundPermission
            )
        )
        SEALERS.add(
            Sealer(
                code=CODE,
                owners=account_keys,
                owns=is_account_key,
                change=lambda by, now: change_account_keys(by=by, now=now),
            )
        )
        CHECKS.add(*checks.CHECKS)
        LISTS.add(*lists.ALL)
        SEARCHABLES.add(finding.POOLS)
        DUTIES.add(*tasks.DUTIES)
        PANELS.add(Panel(page="case", code="funds", template="funds/case_panel.html", context=panels.of_case, order=40))
        ITEMS.add(
            MenuItem(
                code="funds",
                label=_("资金"),
                url_name="funds:pool-list",
                permission=FundPermission.READ,
                order=45,
                icon="database",
                of_region=True,
            )
        )
        WAYS.add(Ways(code="money", find=ways.to_begin, begins=True, order=45))
        _announce_to_the_trail()


def _announce_to_the_trail() -> None:
    from xingke.base import audited

    audited.announce(
        {
            "pool.opened": _("设立资金池"),
            "pool.allotted": _("登记指标"),
            "pool.carried-over": _("结转指标"),
            "funds.committed": _("安排资金"),
            "funds.commitment-changed": _("调整安排"),
            "funds.released": _("释放安排"),
            "pay-account.entered": _("登记收款账户"),
            "pay-account.confirmed": _("确认收款账户"),
            "pay-account.declined": _("退回收款账户"),
            "pay-account.opened": _("查看收款账号"),
            "pay-account.key-changed": _("更换收款账号密钥"),
            "payment-batch.opened": _("新建拨付批次"),
            "payment-batch.put-on": _("列入拨付批次"),
            "payment-batch.taken-off": _("移出拨付批次"),
            "payment-batch.voided": _("作废拨付批次"),
            "payment-batch.paid": _("拨付"),
            "funds.paid": _("拨付一件"),
        }
    )
    audited.announce_details(
        {
            "pool": _("资金池"),
            "into": _("结转到"),
            "document": _("预算指标文号"),
            "thing": _("事由"),
            "amount": _("金额（元）"),
            "batch": _("拨付批次"),
            "voucher": _("支付凭证号"),
            "refused": _("未拨付"),
        }
    )
