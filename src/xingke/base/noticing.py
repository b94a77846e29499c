"""What somebody may be told of: base declares the list of kinds, rooms fill it in ``AppConfig.ready()``.

A notice says that something of a kind happened, and where; what happened says the page it leads to, to whoever may see it.
"""

from collections.abc import Callable
from dataclasses import dataclass

from xingke.base.register import Register
from xingke.base.sayings import Saying


@dataclass(frozen=True, kw_only=True)
class NoticeKind:
    """One kind of notice, told by every room that does such a thing.

    word: what is the matter, and nothing of the content: no title, no name. address: the key of what it is about → its
    page, which itself asks whether the reader may see it. leaves: whether it may be told by e-mail and webhook.
    """

    code: str
    word: Saying
    address: Callable[[str], str]
    leaves: bool = True


NOTICE_KINDS: Register[NoticeKind] = Register("kind of notice")
