"""What somebody may do with messages that leave the house; notices are one's own and need no permission."""

from enum import StrEnum


class NoticePermission(StrEnum):
    """The comment says to what."""

    MANAGE = "message.manage"  # see which messages went out or did not, say where the webhook is and when it is quiet
