"""What the codes of the audit trail say."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from xingke.base.register import Register
from xingke.base.sayings import Saying


def action_words() -> dict[str, str]:
    """What the trail's codes say, those of upper rooms too; a code that is not here is shown as it is."""
    return {
        "session.opened": _("登录"),
        "session.closed": _("退出登录"),
        "account.created": _("开立账号"),
        "account.opened": _("启用账号"),
        "account.closed": _("停用账号"),
        "grant.given": _("授予角色"),
        "grant.revoked": _("收回角色"),
        "password.changed": _("更改密码"),
        "password.reset": _("重置密码"),
        "session.refused": _("登录失败"),
        "session.unknown": _("登录失败（没有这个账号）"),
        "session.overflow": _("登录失败过多，其余不逐条记"),
        "account.locked": _("账号锁定"),
        "account.unlocked": _("解锁账号"),
        "key.trusted": _("承认公钥"),
        "key.distrusted": _("不再承认公钥"),
        "pack.loaded": _("装载规则包"),
        "regions.loaded": _("装载区划"),
        "organisations.entered": _("登记单位"),
        "organisation.corrected": _("更正单位"),
        **{
            f"{kind}.{done}": said % {"kind": word}
            for kind, word in kind_words().items()
            for done, said in {
                "filed": _("登记%(kind)s"),
                "event-filed": _("登记%(kind)s事件"),
                "event-confirmed": _("确认%(kind)s事件"),
                "event-corrected": _("更正%(kind)s事件"),
                "event-voided": _("作废%(kind)s事件"),
                "corrected": _("更正%(kind)s"),
                "correction-proposed": _("提出更正%(kind)s"),
                "correction-accepted": _("采纳对%(kind)s的更正"),
                "correction-declined": _("不采纳对%(kind)s的更正"),
                "correction-withdrawn": _("撤回对%(kind)s的更正"),
                "void-proposed": _("提出作废%(kind)s事件"),
                "void-accepted": _("采纳对%(kind)s事件的作废"),
                "void-declined": _("不采纳对%(kind)s事件的作废"),
                "void-withdrawn": _("撤回对%(kind)s事件的作废"),
                "imported": _("导入%(kind)s"),
            }.items()
        },
        "records.confirmed": _("批量确认"),
        "recognition.last-days-given": _("补记资质有效期"),
        "recognition.merged": _("合并重复的资质"),
        "evidence.attached": _("上传佐证"),
        "evidence.withdrawn": _("撤下佐证"),
        "observation.imported": _("导入上报数"),
        "observation.confirmed": _("确认上报数"),
        "observation.corrected": _("更正上报数"),
        "observation.voided": _("作废上报数"),
        "observation.chosen": _("采用上报数"),
        "record-keeping.declared": _("声明台账完整"),
        "figures.frozen": _("冻结数字"),
        "document.written": _("写成文稿"),
        "document.edited": _("修改文稿"),
        "document.asked": _("提交保密审查"),
        "document.passed": _("审查通过文稿"),
        "document.refused": _("退回文稿"),
        "document.published": _("公布文稿"),
        "document.retracted": _("撤回文稿"),
        "document.handed-up": _("报送文稿"),
        "document.recalled": _("撤回报送"),
    }


@dataclass(frozen=True)
class AuditedKind:
    """A kind of record as the trail speaks of it. amounts: what its amounts are called, and so many of them make one."""

    code: str
    word: Saying
    amounts: Mapping[str, tuple[Saying, int]]


KINDS: Register[AuditedKind] = Register("kind of record in the trail")
"""What the kinds of records are called; the rooms that keep them stand above this one."""


def kind_words() -> dict[str, str]:
    """What the kinds of records are called."""
    return {kind.code: str(kind.word) for kind in KINDS}


def amounts() -> dict[str, tuple[str, int]]:
    """What their amounts are called, and how many of what the database keeps make one of what is said."""
    return {name: (str(word), scale) for kind in KINDS for name, (word, scale) in kind.amounts.items()}
