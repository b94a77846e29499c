"""Who may confirm, change or decide what, by the state it is in and by who wrote it."""

from collections.abc import Collection

from xingke.base.refusals import YES, Answer, no
from xingke.base.sayings import say

SELF_CONFIRMED = say("这类记录要由登记人以外的人确认，登记人和确认人不能是同一个账号。")


def may_confirm(*, state: str, by: int, four_eyes: bool = False, authors: Collection[int] = ()) -> Answer:
    """Whether a record may be confirmed now. authors: who wrote what it says; of a kind with four eyes none of them."""
    if state == "void":
        return no(say("已作废的记录不能确认，请另行登记。"))
    if state == "confirmed":
        return no(say("该记录已经确认，无需重复操作。"))
    return no(SELF_CONFIRMED) if four_eyes and by in authors else YES


def may_file_confirmed(*, four_eyes: bool, entered_by: int, confirmed_by: int) -> Answer:
    """Whether a record may be filed as confirmed at once: of a kind with four eyes only by two accounts."""
    return no(SELF_CONFIRMED) if four_eyes and entered_by == confirmed_by else YES


def may_change_at_once(*, state: str, four_eyes: bool, may_confirm: bool) -> Answer:
    """Whether a change is written at once, or only proposed: what is confirmed says something new only when confirmed anew.

    By who changes it, if they may confirm it there; of a kind with four eyes always by another.
    """
    if state != "confirmed":
        return YES
    if four_eyes:
        return no(say("这条记录已由两人登记和确认，改动要先提出、由别人确认后才生效。"))
    return YES if may_confirm else no(say("这条记录已经确认，您没有确认的权限，改动要先提出、由别人确认后才生效。"))


def may_withdraw_evidence(*, state: str, may_confirm: bool, is_own: bool) -> Answer:
    """Whether who may write there may take back what proves a record: once it is confirmed, only a second account."""
    if state == "draft":
        return YES
    if not may_confirm:
        return no(say("这条记录已经确认，它的佐证要由有权确认记录的人撤下。"))
    return no(say("自己上传的佐证，在记录确认之后要由别人撤下。")) if is_own else YES


def may_decide(*, outcome: str, proposed_by: int, by: int, accepting: bool) -> Answer:
    """Whether a proposed change may be accepted, or declined (by its proposer: withdrawn)."""
    if outcome != "open":
        return no(say("这项改动建议已有结果，无需重复操作。"))
    return no(say("自己提出的改动要由别人确认，不能自己采纳。")) if accepting and proposed_by == by else YES


def may_correct(*, state: str, is_current: bool) -> Answer:
    """Whether a version may be followed by a corrected one."""
    if not is_current:
        return no(say("这不是最新版本：该记录在您打开页面之后已被更正，请刷新后再改。"))
    if state == "void":
        return no(say("已作废的记录不能更正，请另行登记。"))
    return YES
