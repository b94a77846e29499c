"""How two cases hang together, beside standing one below the other. Pure."""

from enum import StrEnum

from xingke.base.sayings import Saying, say


class LinkKind(StrEnum):
    """What another case is to one; closed."""

    SAME = "same"
    EARLIER = "earlier"
    LATER = "later"
    REPLACES = "replaces"
    REPLACED = "replaced"
    RELATED = "related"

    @property
    def turned(self) -> "LinkKind":
        """What the one is to the other."""
        return _TURNED.get(self, self)


_TURNED = {
    LinkKind.EARLIER: LinkKind.LATER,
    LinkKind.LATER: LinkKind.EARLIER,
    LinkKind.REPLACES: LinkKind.REPLACED,
    LinkKind.REPLACED: LinkKind.REPLACES,
}

LINK_WORDS: dict[LinkKind, Saying] = {
    LinkKind.SAME: say("同一件事"),
    LinkKind.EARLIER: say("本件的前一件"),
    LinkKind.LATER: say("本件的后一件"),
    LinkKind.REPLACES: say("替代了本件"),
    LinkKind.REPLACED: say("已由本件替代"),
    LinkKind.RELATED: say("有关联"),
}
"""What the other is, said on the page of the one."""
