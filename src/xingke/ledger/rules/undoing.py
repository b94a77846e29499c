"""Whether an act that filed records may still be taken back: by whoever did it, soon, while nothing was built on it."""

from datetime import date

from xingke.base.refusals import YES, Answer, no
from xingke.base.sayings import Saying, say

DAYS = 1  # on which an act can be taken back; the first is its own
ALREADY = say("这次操作已经撤销，没有重复撤销。")


def may_undo(
    *, is_own: bool, is_filing: bool, is_of_case: bool, done_on: date, today: date, days: int = DAYS
) -> Answer:
    """Whether somebody may take back an act, as far as the act itself says.

    is_filing: it entered records, by a form or an import. is_of_case: a step of a case entered them, and a step stands.
    done_on, today: days in local time.
    """
    if not is_own:
        return no(say("只能撤销自己的操作。"))
    if is_of_case:
        return no(say("这些记录是办理事项时登记的，步骤不能撤销；请在事项里更正或重新办理。"))
    if not is_filing:
        return no(say("这类操作不能撤销：能撤销的是登记记录、登记事件和导入。"))
    if (today - done_on).days >= days:
        return no(
            say("只有当天的登记可以撤销，之后请更正或作废。")
            if days == 1
            else say("只有%(days)s天以内的登记可以撤销，之后请更正或作废。", days=days)
        )
    return YES


def undisturbed(between: Saying | None) -> Answer:
    """Whether nothing came in between. between: what did, as the end of a sentence."""
    return YES if between is None else no(say("不能撤销：%(what)s。", what=between))
