"""Working groups 工作专班 and joint meetings 联席会议: who belongs to one, from which document on. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from xingke.base.refusals import YES, Answer, no
from xingke.base.sayings import Saying, say

MOST_MEMBERS = 200  # of one group [parameter]


class GroupKind(StrEnum):
    """What a group is."""

    WORKING_GROUP = "group"
    JOINT_MEETING = "meeting"


class GroupPost(StrEnum):
    """A post in a group, the highest first."""

    LEAD = "lead"
    DEPUTY = "deputy"
    MEMBER = "member"
    OFFICE = "office"


KIND_WORDS: dict[GroupKind, Saying] = {
    GroupKind.WORKING_GROUP: say("工作专班"),
    GroupKind.JOINT_MEETING: say("联席会议"),
}
POST_WORDS: dict[GroupKind, dict[GroupPost, Saying]] = {
    GroupKind.WORKING_GROUP: {
        GroupPost.LEAD: say("组长"),
        GroupPost.DEPUTY: say("副组长"),
        GroupPost.MEMBER: say("成员"),
        GroupPost.OFFICE: say("办公室"),
    },
    GroupKind.JOINT_MEETING: {
        GroupPost.LEAD: say("召集人"),
        GroupPost.DEPUTY: say("副召集人"),
        GroupPost.MEMBER: say("成员单位"),
        GroupPost.OFFICE: say("办公室"),
    },
}


@dataclass(frozen=True)
class Seat:
    """Somebody, or a body, in a post. of: where they are from, as the document writes it."""

    post: GroupPost
    name: str
    of: str = ""


def may_be_seated(seats: Sequence[Seat]) -> Answer:
    """Whether a group may be made up so: somebody leads it, and nobody has two seats."""
    if not any(seat.post is GroupPost.LEAD for seat in seats):
        return no(say("请写明由谁牵头。"))
    if len(seats) > MOST_MEMBERS:
        return no(say("一个专班最多%(most)s人，现有%(there)s人。", most=MOST_MEMBERS, there=len(seats)))
    known: set[tuple[str, str]] = set()
    for seat in seats:
        if (who := (seat.name, seat.of)) in known:
            return no(say("“%(name)s”写了两次；同名的，请在括号里写明单位。", name=seat.name))
        known.add(who)
    return YES


def changed(before: Collection[Seat], after: Sequence[Seat]) -> tuple[list[Seat], list[Seat]]:
    """Who leaves, and who comes; whoever keeps the same post is in neither."""
    return [seat for seat in before if seat not in after], [seat for seat in after if seat not in before]
