"""What somebody says of their notices, and the system administrator of messages."""

from collections.abc import Collection, Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from xingke.base.noticing import NOTICE_KINDS, NoticeKind
from xingke.notices.models import Channel

_TIME = forms.TimeInput(format="%H:%M", attrs={"type": "time"})


class ChoicesForm(forms.Form):
    """Where somebody wants to be written to, and of which kinds by which channel: a box for each that is open."""

    address = forms.CharField(
        label=_("电子邮箱"),
        max_length=254,
        required=False,
        help_text=_("只写有几条什么提醒和登录的网址，不写内容。留空则不发邮件。"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def __init__(
        self, *args: Any, channels: Collection[Channel], muted: Collection[tuple[str, str]], **kwargs: Any
    ) -> None:  # Django's own signature
        super().__init__(*args, **kwargs)
        self.channels, self.before = list(channels), set(muted)
        if Channel.MAIL not in self.channels:
            del self.fields["address"]
        for kind in self.kinds:
            for channel in self.channels:
                self.fields[f"{kind.code}/{channel}"] = forms.BooleanField(
                    label=channel.label, required=False, initial=(kind.code, channel.value) not in self.before
                )

    @property
    def kinds(self) -> list[NoticeKind]:
        """The kinds that may leave."""
        return [kind for kind in NOTICE_KINDS if kind.leaves]

    @property
    def rows(self) -> Iterator[tuple[Any, list[Any]]]:  # bound fields
        """A kind in words, and its boxes."""
        for kind in self.kinds:
            yield kind.word, [self[f"{kind.code}/{channel}"] for channel in self.channels]

    @property
    def muted(self) -> set[tuple[str, str]]:
        """What is not wanted: the boxes that are empty, and as it was for channels that are not open now."""
        shown = {(kind.code, channel.value) for kind in self.kinds for channel in self.channels}
        empty = {each for each in shown if not self.cleaned_data.get("/".join(each))}
        return (self.before - shown) | empty


class RulesForm(forms.Form):
    """Where the webhook is, when it is quiet, how long what was read stays."""

    webhook = forms.CharField(
        label=_("群机器人或其他网址"),
        max_length=500,
        required=False,
        help_text=_("https:// 开头。每条消息写明账号、几条什么提醒和登录的网址，不写内容。留空则不发。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "url"}),
    )
    quiet_from = forms.TimeField(
        label=_("从几点起不发"), widget=_TIME, help_text=_("这段时间里的消息到时再发，合成一条。")
    )
    quiet_to = forms.TimeField(label=_("到几点为止"), widget=_TIME, help_text=_("北京时间；与上一格相同则随时都发。"))
    quiet_off_days = forms.BooleanField(label=_("放假的日子也不发"), required=False)
    keep_read_days = forms.IntegerField(
        label=_("已读的提醒保留几天"), min_value=30, max_value=3650, help_text=_("没有读的一直留着。")
    )
