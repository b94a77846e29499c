"""The way of an edition to the public: which step may follow which, who may take it, and what a reviewer looks at. Pure."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from xingke.accounts.permissions import Permission
from xingke.base.refusals import YES, Answer, no
from xingke.base.sayings import say

ASKED, PASSED, REFUSED = "asked", "passed", "refused"
PUBLISHED, SUPERSEDED, RETRACTED = "published", "superseded", "retracted"
DRAFT = ""

MAY_FOLLOW = {
    DRAFT: (ASKED,),
    ASKED: (PASSED, REFUSED),
    PASSED: (PUBLISHED, REFUSED),
    REFUSED: (ASKED,),
    PUBLISHED: (RETRACTED, SUPERSEDED),
    SUPERSEDED: (),
    RETRACTED: (ASKED,),
}
NEEDS_REASON = frozenset({REFUSED, RETRACTED})


def permission(step: str, standing: str) -> Permission:
    """What somebody must hold to take a step; sending back what passed is for whoever would publish it."""
    if step == ASKED:
        return Permission.DOCUMENT_WRITE
    if step == PASSED or (step == REFUSED and standing == ASKED):
        return Permission.DOCUMENT_DISCLOSE
    return Permission.DOCUMENT_PUBLISH


def may_follow(step: str, standing: str) -> Answer:
    """Whether a step may follow where an edition stands."""
    return YES if step in MAY_FOLLOW[standing] else no(say("这份文稿的状态已经变了，请刷新页面再看。"))


def may_review(reviewer: int, authors: Collection[int]) -> Answer:
    """Four eyes: whoever wrote, edited or submitted a text does not pass it. Both by account id."""
    return no(say("自己写、改或提交的文稿须由别人审查。")) if reviewer in authors else YES


def may_publish(publisher: int, authors: Collection[int]) -> Answer:
    """Four eyes once more: who answers for a text before the public is not its author; its reviewer may be. By account id."""
    if publisher in authors:
        return no(
            say(
                "自己写、改或提交的文稿不能自己公布，请另一位有公布权限的人公布；审查人有公布权限的，也可以由审查人公布。"
            )
        )
    return YES


def may_hand_up(*, standing: str, region: str, above: str, is_up: bool, newer: int, edition: int) -> Answer:
    """Whether an edition may be handed up: reviewed, to somebody, once, and none before a newer one.

    region, above: its region and the one above, by name. newer: the newest edition handed up or ever published.
    """
    if not above:
        return no(say("“%(region)s”没有上级区划，不用报送。", region=region))
    if is_up:
        return no(say("这一版已经报送“%(above)s”，不用再报送。", above=above))
    if standing == SUPERSEDED or newer > edition:
        return no(say("这一版已被新的一版替代，请报送新的一版。"))
    if standing not in (PASSED, PUBLISHED):
        return no(say("保密审查通过后才能报送“%(above)s”。", above=above))
    return YES


# ── what a reviewer looks at ────────────────────────────────────────────────────────────────────────────────────────

_TITLES = "同志|先生|女士|书记|县长|市长|局长|主任|科长|院长|校长|董事长|总经理|经理|教授|研究员|工程师|院士|博士"
_SURNAMES = (
    "王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高梁郑罗宋谢唐韩曹许邓萧冯曾程蔡彭潘袁于董余苏叶吕魏蒋田杜丁沈姜范江傅钟卢汪戴崔任陆"
    "廖姚方金邱夏谭韦贾邹石熊孟秦阎薛侯雷白龙段郝孔邵史毛常万顾赖武康贺严尹钱施牛洪龚"
)
_PERSON = re.compile(rf"[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}(?:{_TITLES})(?!工作站|工作室)")


@dataclass(frozen=True)
class Sighting:
    """Something a reviewer should look at: the words, and what stands around them."""

    text: str
    around: str


def sightings(texts: Sequence[str], words: Collection[str]) -> list[Sighting]:
    """Where words stand in a text, in order, each word once per paragraph."""
    return [
        Sighting(word, _around(text, text.index(word), len(word)))
        for text in texts
        for word in sorted(words, key=lambda word: (-len(word), word))
        if word in text
    ]


def persons(texts: Sequence[str]) -> list[Sighting]:
    """What reads like a person with a title."""
    return list(_persons(texts))


def _persons(texts: Sequence[str]) -> Iterator[Sighting]:
    for text in texts:
        for match in _PERSON.finditer(text):
            yield Sighting(match[0], _around(text, match.start(), len(match[0])))


def _around(text: str, start: int, size: int) -> str:
    return text[max(start - 12, 0) : start + size + 12]
