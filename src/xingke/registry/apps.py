from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegistryConfig(AppConfig):
    name = "xingke.registry"
    label = "registry"
    verbose_name = _("区划、单位与授权")

    def ready(self) -> None:
        from django.utils.translation import pgettext_lazy

        from xingke.accounts.permissions import Permission
        from xingke.base import audited, definitions, menu, searching
        from xingke.base.beginnings import BEGINNINGS, Beginning
        from xingke.base.checks import CHECKS
        from xingke.base.menu import SHORTCUTS, WAYS, Shortcut, Ways
        from xingke.base.retaining import EXPIRIES
        from xingke.base.tasks import DUTIES
        from xingke.base.workdays import CALENDARS
        from xingke.registry import checks, endings, finding, lists, queries, rules, tasks, ways
        from xingke.registry.listing import LISTS
        from xingke.registry.queries import any_organisation

        menu.use_permission_check(queries.has_code, queries.has_code_for_a_region)
        audited.announce(
            {
                "grant.given": _("授予角色"),
                "grant.revoked": _("收回角色"),
                "pack.loaded": _("装载规则包"),
                "regions.loaded": _("装载区划"),
                "organisations.entered": _("登记单位"),
                "organisation.corrected": _("更正单位"),
                "person.entered": _("登记人员"),
                "person.corrected": _("更正人员"),
                "person.employed": _("登记任职"),
                "person.merged": _("合并人员"),
                "person.erased": _("删除人员信息"),
                "person.opened": _("查看个人信息"),
                "person.key-changed": _("更换个人信息密钥"),
            }
        )
        audited.announce_details(
            {
                "role": _("角色"),
                "region": _("区划"),
                "organisation": _("单位"),
                "person": _("人员"),
                "section": _("科室"),
                "source": _("来源"),
                "code_reason": _("校验位不符仍确认无误的依据"),
                "namesake": _("另有同名单位"),
            }
        )
        definitions.KINDS.add(CALENDARS)
        definitions.KINDS.add(rules.TERMS)
        definitions.KINDS.add(rules.ALIASES)
        definitions.KINDS.add(rules.ROLES)
        searching.SEARCHABLES.add(finding.ORGANISATIONS, finding.PEOPLE)
        LISTS.add(*lists.ALL)
        DUTIES.add(*tasks.DUTIES)
        CHECKS.add(*checks.CHECKS)
        EXPIRIES.add(*endings.EXPIRIES)
        firms, users = pgettext_lazy("several", "单位"), pgettext_lazy("several", "账号")
        for order, code, label, url_name, permission, icon in (
            (20, "organisations", firms, "registry:organisation-list", Permission.ORGANISATION_READ, "building"),
            (80, "accounts", users, "registry:account-list", Permission.ACCOUNT_MANAGE, "user"),
            (85, "grants", _("授权"), "registry:grant-list", Permission.GRANT_MANAGE, "users"),
            (90, "audit", _("审计"), "registry:audit", Permission.AUDIT_READ, "eye"),
        ):
            menu.ITEMS.add(
                menu.MenuItem(code=code, label=label, url_name=url_name, permission=permission, order=order, icon=icon)
            )
        WAYS.add(
            Ways(code="lists", find=ways.to_go, order=20),
            Ways(code="register", find=ways.to_begin, begins=True, order=20),
        )
        BEGINNINGS.add(
            Beginning(
                code="organisation",
                label=_("登记单位"),
                who=_("科室人员"),
                permission=Permission.ORGANISATION_EDIT,
                url_name="registry:organisation-new",
                stands=any_organisation,
                order=10,
            )
        )
        for order, code, label, url_name, permission, icon in (
            (50, "organisations", _("查单位"), "registry:organisation-list", Permission.ORGANISATION_READ, "building"),
            (70, "account", _("开立账号"), "registry:account-new", Permission.ACCOUNT_MANAGE, "plus"),
            (80, "grant", _("授予角色"), "registry:grant-give", Permission.GRANT_MANAGE, "users"),
            (90, "audit", _("查审计记录"), "registry:audit", Permission.AUDIT_READ, "eye"),
        ):
            SHORTCUTS.add(
                Shortcut(
                    code=code,
                    label=label,
                    url_name=url_name,
                    permission=permission,
                    icon=icon,
                    order=order,
                    is_look=code in ("organisations", "audit"),
                )
            )
