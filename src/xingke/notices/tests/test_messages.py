"""Messages that leave the house: what they say, when, to whom, and what happens to one that does not arrive.

The other side is a server of the test's own on 127.0.0.1, which the test lets the program reach; nobody else's address is
ever connected to.
"""

import http.server
import json
import socket
import socketserver
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.core import mail
from django.test import Client
from django.urls import reverse

from tests.cast import Cast
from xingke.accounts import actions as accounts
from xingke.accounts.models import AuditEntry, User
from xingke.base.sayings import told
from xingke.notices import actions, sending
from xingke.notices.actions import choices
from xingke.notices.actions import messages as outgoing
from xingke.notices.models import Muted, Notice, Outgoing
from xingke.notices.rules.addresses import networks

pytestmark = pytest.mark.db
SignIn = Callable[[str], Client]
DAY = datetime(2026, 3, 3, 10, tzinfo=ZoneInfo("Asia/Shanghai"))  # a Tuesday
HOST = "hook.test"


# ── the other side ──────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Hook:
    """A web server with a certificate for ``hook.test``; what it answers, and what it was sent."""

    port: int
    status: int = 200
    location: str = ""
    says: bytes = b"x" * 200_000  # more than is read
    wait: float = 0.0
    got: list[dict[str, Any]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"https://{HOST}:{self.port}/send?key=geheim"


def _certificate(folder: Path, host: str) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    today = datetime.now(ZoneInfo("UTC"))
    built = x509.CertificateBuilder(
        issuer_name=name,
        subject_name=name,
        public_key=key.public_key(),
        serial_number=x509.random_serial_number(),
        not_valid_before=today - timedelta(days=1),
        not_valid_after=today + timedelta(days=1),
    ).add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
    path = folder / f"{host}.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + built.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def hook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Hook]:
    """The server, its name known, its certificate trusted, its network allowed."""
    certificate = _certificate(tmp_path, HOST)
    known = Hook(0)

    class _Answering(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            known.got.append(json.loads(self.rfile.read(length)))
            known.paths.append(self.path)
            time.sleep(known.wait)
            self.send_response(known.status)
            if known.location:
                self.send_header("Location", known.location)
            self.end_headers()
            self.wfile.write(known.says)

        def log_message(self, *_arguments: Any) -> None:
            """Nothing on stderr."""

    class _Server(http.server.ThreadingHTTPServer):
        def handle_error(self, *_arguments: Any) -> None:
            """A client that went away is what some tests are about."""

    server = _Server(("127.0.0.1", 0), _Answering)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    known.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    resolves(monkeypatch, "127.0.0.1")
    settings.WEBHOOK_NETWORKS = networks(["127.0.0.0/8"])
    yield known
    server.shutdown()
    server.server_close()


def resolves(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """Let the name of the webhook mean these addresses, whoever asks."""
    monkeypatch.setattr(sending, "_resolved", lambda _host, _port: list(addresses))


@pytest.fixture
def webhook(hook: Hook, cast: Cast) -> Hook:
    """The same, set by the system administrator a day before."""
    wanted = choices.RulesWanted(webhook=hook.url)
    choices.set_message_rules(wanted=wanted, by=cast.system, now=DAY - timedelta(days=1))
    return hook


@pytest.fixture
def by_mail(cast: Cast, settings: Any) -> None:
    """A mail server is set up, which keeps what it gets, and the officer gave an address a day before."""
    settings.MAIL, settings.SITE, settings.DEFAULT_FROM_EMAIL = True, "https://xingke.example.cn", "xingke@example.cn"
    choices.choose_channels(address="officer@example.cn", muted=(), by=cast.officer, now=DAY - timedelta(days=1))


def tell(user: User, cast: Cast, *keys: str, kind: str = "title-ending", now: datetime = DAY) -> None:
    for key in keys or ("990121/2026-03-09",):
        actions.notify(to=[user], kind=kind, about="recognition", key=key, region=cast.county, now=now, by=None)


def send(moment: datetime = DAY) -> int:
    return outgoing.send_due(now=moment)


def states() -> list[str]:
    return list(Outgoing.objects.order_by("pk").values_list("state", flat=True))


# ── what it says ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("by_mail")
def test_a_mail_says_how_many_of_which_kind_and_where_and_nothing_else(cast: Cast) -> None:
    tell(cast.officer, cast, "990121/2026-03-09", "990121/2026-03-10")
    tell(cast.officer, cast, str(cast.firm.key), kind="document-to-review")

    assert send() == 1

    (letter,) = mail.outbox
    assert (letter.to, letter.from_email, letter.subject) == (
        ["officer@example.cn"],
        "xingke@example.cn",
        "兴科：有 3 条新提醒",
    )
    assert letter.body == (
        "有资质快到期了：2 条\n有文稿等您审查：1 条\n\n登录后查看：https://xingke.example.cn/notices/"
    )


@pytest.mark.usefixtures("by_mail")
def test_a_mail_speaks_the_language_of_who_gets_it(cast: Cast) -> None:
    accounts.choose_language(user=cast.officer, language="en")
    tell(cast.officer, cast)

    send()

    assert mail.outbox[0].subject == "Xingke: 1 new notice"
    assert mail.outbox[0].body.startswith("A title is about to end: 1\n")


def test_a_webhook_says_the_same_to_people_and_to_programs(cast: Cast, webhook: Hook, settings: Any) -> None:
    settings.SITE = "https://xingke.example.cn"
    tell(cast.officer, cast)

    assert send() == 1

    (got,) = webhook.got
    key = got.pop("key")
    assert key.startswith(f"{Outgoing.objects.get().pk}-")
    assert got == {
        "msgtype": "text",
        "text": {
            "content": "兴科：有 1 条新提醒\n账号：officer\n有资质快到期了：1 条\n\n"
            "登录后查看：https://xingke.example.cn/notices/"
        },
        "to": "officer",
        "count": 1,
        "kinds": [{"code": "title-ending", "word": "有资质快到期了", "count": 1}],
        "url": "https://xingke.example.cn/notices/",
    }
    assert webhook.paths == ["/send?key=geheim"]


# ── when and to whom ────────────────────────────────────────────────────────────────────────────────────────────────


def test_where_nothing_is_set_up_nothing_leaves(cast: Cast) -> None:
    tell(cast.officer, cast)

    assert (send(), states(), mail.outbox) == (0, [], [])


@pytest.mark.usefixtures("by_mail")
def test_in_quiet_hours_messages_wait_and_come_as_one_in_the_morning(cast: Cast) -> None:
    evening = DAY.replace(hour=20)
    tell(cast.officer, cast, now=evening)
    assert (send(evening), states()) == (0, [])
    tell(cast.officer, cast, "b", now=evening + timedelta(hours=3))
    assert send(evening + timedelta(hours=11, minutes=59)) == 0

    assert send(evening + timedelta(hours=12)) == 1

    assert mail.outbox[0].subject == "兴科：有 2 条新提醒"


@pytest.mark.usefixtures("by_mail")
def test_what_waits_to_be_tried_again_keeps_the_quiet_hours_too(cast: Cast) -> None:
    tell(cast.officer, cast)
    Outgoing.objects.create(
        channel="mail", user=cast.officer, upto=10**6, counts={"title-ending": 1}, made_at=DAY, next_at=DAY
    )

    assert send(DAY.replace(hour=22)) == 0

    assert states() == ["waiting"]


@pytest.mark.usefixtures("by_mail")
@pytest.mark.parametrize(("off_days", "sent"), [(False, 1), (True, 0)])
def test_days_off_are_quiet_where_the_administrator_says_so(cast: Cast, off_days: bool, sent: int) -> None:
    choices.set_message_rules(wanted=choices.RulesWanted(quiet_off_days=off_days), by=cast.system, now=DAY)
    sunday = DAY + timedelta(days=5)
    tell(cast.officer, cast, now=sunday)

    assert send(sunday) == sent


@pytest.mark.usefixtures("by_mail")
def test_what_was_read_or_told_before_or_not_wanted_does_not_leave(cast: Cast) -> None:
    tell(cast.officer, cast, "read")
    actions.read_all(upto=10**9, by=cast.officer, now=DAY)
    tell(cast.officer, cast, "before", now=DAY - timedelta(days=2))
    tell(cast.officer, cast, "muted", kind="document-sent-back")
    Muted.objects.create(user=cast.officer, kind="document-sent-back", channel="mail")
    tell(cast.director, cast, "no address")

    assert (send(), states()) == (0, [])


@pytest.mark.usefixtures("by_mail")
def test_each_notice_leaves_once_and_two_messages_are_half_an_hour_apart(cast: Cast) -> None:
    tell(cast.officer, cast, "a")
    assert (send(), send()) == (1, 0)
    tell(cast.officer, cast, "b", now=DAY + timedelta(minutes=1))
    assert send(DAY + timedelta(minutes=29)) == 0

    assert send(DAY + timedelta(minutes=30)) == 1

    assert [each.subject for each in mail.outbox] == ["兴科：有 1 条新提醒"] * 2


@pytest.mark.usefixtures("by_mail", "webhook")
def test_a_kind_not_wanted_by_mail_may_still_go_to_the_webhook(cast: Cast) -> None:
    tell(cast.officer, cast)
    Muted.objects.create(user=cast.officer, kind="title-ending", channel="mail")

    assert send() == 1

    assert Outgoing.objects.get().channel == "webhook"


@pytest.mark.usefixtures("by_mail")
def test_whoever_took_their_address_away_meanwhile_gets_nothing(cast: Cast) -> None:
    tell(cast.officer, cast)
    outgoing.gather(rules=outgoing.messages.rules_in_force(), now=DAY)
    choices.choose_channels(address="", muted=(), by=cast.officer, now=DAY)

    assert send() == 0

    message = Outgoing.objects.get()
    assert (message.state, str(told(message.error))) == ("given-up", "没有设邮件服务器，或本人已不再要邮件。")


@pytest.mark.usefixtures("by_mail")
def test_a_message_that_waits_does_not_follow_to_an_address_that_was_given_later(cast: Cast) -> None:
    """Who reads the new address was never asked; the notices stand in the list, and the administrator sees what became of it."""
    tell(cast.officer, cast)
    outgoing.gather(rules=outgoing.messages.rules_in_force(), now=DAY)
    choices.choose_channels(address="other@example.cn", muted=(), by=cast.officer, now=DAY + timedelta(minutes=1))

    assert (send(DAY + timedelta(minutes=2)), mail.outbox) == (0, [])

    message = Outgoing.objects.get()
    assert (message.state, str(told(message.error))) == (
        "given-up",
        "排队之后收件的地址改过，没有发往新地址；以后的提醒发到新地址。",
    )
    later = DAY + timedelta(hours=1)
    tell(cast.officer, cast, "later", now=later)
    assert send(later) == 1 and mail.outbox[0].to == ["other@example.cn"]


def test_a_message_that_waits_does_not_follow_to_another_webhook(cast: Cast, webhook: Hook) -> None:
    tell(cast.officer, cast)
    outgoing.gather(rules=outgoing.messages.rules_in_force(), now=DAY)
    wanted = choices.RulesWanted(webhook=webhook.url.replace("geheim", "other"))
    choices.set_message_rules(wanted=wanted, by=cast.system, now=DAY + timedelta(minutes=1))

    assert (send(DAY + timedelta(minutes=2)), webhook.got, states()) == (0, [], ["given-up"])


@pytest.mark.usefixtures("by_mail")
def test_a_holiday_swallows_nothing_where_days_off_are_quiet(cast: Cast) -> None:
    """From 1 to 7 October 2026 nobody works: what was told the evening before leaves on the first working day."""
    choices.set_message_rules(wanted=choices.RulesWanted(quiet_off_days=True), by=cast.system, now=DAY)
    evening, holiday, after = (
        datetime(2026, month, day, hour, tzinfo=DAY.tzinfo)
        for month, day, hour in ((9, 30, 21), (10, 4, 10), (10, 8, 9))
    )
    tell(cast.officer, cast, now=evening)
    assert [send(moment) for moment in (evening, holiday, after)] == [0, 0, 1]


@pytest.mark.usefixtures("by_mail")
def test_what_nobody_read_for_three_working_days_is_no_news_any_more(cast: Cast) -> None:
    tell(cast.officer, cast, now=DAY)  # a Tuesday
    assert send(DAY + timedelta(days=6)) == 0  # Monday: Wednesday, Thursday and Friday have passed
    assert not Outgoing.objects.exists()


@pytest.mark.usefixtures("by_mail")
def test_each_message_of_a_round_is_claimed_from_its_own_turn(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The ones before may take longer than a claim holds; another child would take the last, and it would leave twice."""
    choices.choose_channels(address="director@example.cn", muted=(), by=cast.director, now=DAY - timedelta(days=1))
    for user in (cast.officer, cast.director):
        tell(user, cast)
    passed = iter([0.0, 0.0, 150.0])
    monkeypatch.setattr(outgoing, "monotonic", lambda: next(passed))
    held: list[timedelta] = []

    def slowly(_letter: sending.Letter, *, to: str) -> None:
        held.append(Outgoing.objects.exclude(tries=0).order_by("-pk")[0].next_at - DAY)

    monkeypatch.setattr(sending, "send_mail", slowly)

    assert send() == 2

    assert held == [outgoing.LEASE, outgoing.LEASE + timedelta(seconds=150)]


@pytest.mark.usefixtures("by_mail")
def test_of_two_children_one_sends(cast: Cast) -> None:
    tell(cast.officer, cast)
    rules = outgoing.messages.rules_in_force()
    (message,) = outgoing.gather(rules=rules, now=DAY)
    other = Outgoing.objects.get(pk=message.pk)

    assert [outgoing._send(each, rules, DAY) for each in (message, other)] == [True, False]
    assert len(mail.outbox) == 1


@pytest.mark.usefixtures("by_mail")
def test_telling_and_sending_take_no_number_of_the_ledger(cast: Cast) -> None:
    tell(cast.officer, cast)
    before = AuditEntry.objects.count()

    send()

    assert AuditEntry.objects.count() == before


# ── what does not arrive ────────────────────────────────────────────────────────────────────────────────────────────


def test_one_that_was_not_taken_is_tried_again_and_at_last_given_up(
    cast: Cast, webhook: Hook, signed_in: SignIn
) -> None:
    webhook.status = 500
    moment = DAY.replace(hour=8)
    tell(cast.officer, cast, now=moment)

    assert send(moment) == 0
    first = Outgoing.objects.get()
    assert (first.state, first.tries, first.next_at - moment) == ("failed", 1, timedelta(minutes=1))
    assert str(told(first.error)) == "对方没有收下（答复 500）。"
    assert send(moment + timedelta(seconds=59)) == 0 and len(webhook.got) == 1
    for day in range(1, 6):
        send(DAY + timedelta(days=day))

    first.refresh_from_db()
    assert (first.state, first.tries) == ("given-up", 6)
    page = signed_in("system").get(reverse("notices:message-list") + "?state=given-up").content.decode()
    assert "对方没有收下（答复 500）。" in page and "geheim" not in page


def test_the_system_administrator_lets_one_be_tried_once_more(cast: Cast, webhook: Hook, signed_in: SignIn) -> None:
    webhook.status, webhook.location = 302, "https://elsewhere.test/"
    tell(cast.officer, cast)
    send()
    message = Outgoing.objects.get()
    webhook.status, webhook.location = 200, ""
    url = reverse("notices:message-again", args=[message.pk])

    assert signed_in("system").post(url).status_code == 302
    Outgoing.objects.update(next_at=DAY)
    assert send() == 1

    assert "只有不再尝试的消息才需要重发" in signed_in("system").post(url, follow=True).content.decode()


def test_a_redirection_is_not_followed(cast: Cast, webhook: Hook) -> None:
    webhook.status, webhook.location = 307, f"https://{HOST}:{webhook.port}/elsewhere"
    tell(cast.officer, cast)

    assert send() == 0

    assert webhook.paths == ["/send?key=geheim"]
    message = Outgoing.objects.get()
    assert message.state == "given-up" and "307" in str(told(message.error))


LEADING_IN = ["127.0.0.1", "10.0.0.8", "169.254.169.254", "192.168.1.1", "::1", "::ffff:127.0.0.1"]


@pytest.mark.parametrize("address", LEADING_IN)
def test_a_name_that_leads_into_the_house_is_never_connected_to(
    hook: Hook, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    connected: list[Any] = []
    monkeypatch.setattr(socket, "create_connection", lambda *given, **_more: connected.append(given))
    for found in ([address], ["8.8.8.8", address]):
        resolves(monkeypatch, *found)
        with pytest.raises(sending.Undelivered, match="内部或保留"):
            sending.send_webhook(sending.Letter("1", "a", "b"), url=hook.url)

    assert connected == []


def test_the_address_that_was_looked_at_is_the_one_that_is_connected_to(
    hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: the name is asked once, and means something else a moment later."""
    answers = [["127.0.0.1"], ["10.0.0.8"]]
    asked: list[str] = []

    def resolved(host: str, _port: int) -> list[str]:
        asked.append(host)
        return answers[len(asked) - 1]

    connected: list[Any] = []
    connect = socket.create_connection

    def connecting(address: Any, *given: Any, **more: Any) -> socket.socket:
        connected.append(address)
        return connect(address, *given, **more)

    monkeypatch.setattr(sending, "_resolved", resolved)
    monkeypatch.setattr(socket, "create_connection", connecting)

    sending.send_webhook(sending.Letter("1", "a", "b"), url=hook.url, allowed=networks(["127.0.0.0/8"]))

    assert (asked, connected) == ([HOST], [("127.0.0.1", hook.port)])
    assert len(hook.got) == 1


def test_a_certificate_for_another_name_is_not_trusted(hook: Hook) -> None:
    url = hook.url.replace(HOST, "other.test")

    with pytest.raises(sending.Undelivered, match="证书不可信"):
        sending.send_webhook(sending.Letter("1", "a", "b"), url=url, allowed=networks(["127.0.0.0/8"]))

    assert hook.got == []


def test_a_slow_other_side_keeps_nobody_waiting(hook: Hook, monkeypatch: pytest.MonkeyPatch) -> None:
    hook.wait = 3.0
    monkeypatch.setattr(sending, "LONGEST", 0.3)
    begun = time.monotonic()

    with pytest.raises(sending.Undelivered, match="太慢"):
        sending.send_webhook(sending.Letter("1", "a", "b"), url=hook.url, allowed=networks(["127.0.0.0/8"]))

    assert time.monotonic() - begun < 2.5


def test_one_that_never_begins_to_talk_keeps_nobody_waiting_either(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "LONGEST", 0.3)
    resolves(monkeypatch, "127.0.0.1")
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"https://{HOST}:{silent.getsockname()[1]}/"
        begun = time.monotonic()

        with pytest.raises(sending.Undelivered):
            sending.send_webhook(sending.Letter("1", "a", "b"), url=url, allowed=networks(["127.0.0.0/8"]))

    assert time.monotonic() - begun < 5


ROBOTS = [
    (b'{"errcode": 0, "errmsg": "ok"}', ""),
    (b'{"errcode": 93000, "errmsg": "geheim"}', "对方没有收下（答复 93000）。"),
    (b'{"errcode": "geheim"}', ""),
    (b"[1]", ""),
    (b"", ""),
]


@pytest.mark.parametrize(("says", "why"), ROBOTS)
def test_a_robot_that_says_no_in_its_answer_is_believed(cast: Cast, webhook: Hook, says: bytes, why: str) -> None:
    webhook.says = says
    tell(cast.officer, cast)

    send()

    message = Outgoing.objects.get()
    assert (message.state, str(told(message.error)) if message.error else "") == ("failed" if why else "sent", why)


def test_a_message_that_is_too_long_is_not_sent(hook: Hook) -> None:
    letter = sending.Letter("1", "a", "b" * sending.MOST)

    with pytest.raises(sending.Undelivered, match="太长") as failure:
        sending.send_webhook(letter, url=hook.url, allowed=networks(["127.0.0.0/8"]))

    assert not failure.value.again and hook.got == []


def test_nothing_listens_there(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    resolves(monkeypatch, "127.0.0.1")

    with pytest.raises(sending.Undelivered, match="连接不上") as failure:
        sending.send_webhook(
            sending.Letter("1", "a", "b"), url=f"https://{HOST}:{port}/", allowed=networks(["127.0.0.0/8"])
        )

    assert failure.value.again


# ── the mail server ─────────────────────────────────────────────────────────────────────────────────────────────────


class _Mail(socketserver.StreamRequestHandler):
    """As much of SMTP as a client that sends one letter asks for; refuses whoever is called ``nobody``."""

    letters: ClassVar[list[str]] = []

    def handle(self) -> None:
        self._say("220 mail.test")
        while line := self.rfile.readline():
            word = line.decode().strip()
            if word.upper().startswith("RCPT") and "nobody" in word:
                self._say("550 no such mailbox; geheim")
            elif word.upper() == "DATA":
                self._say("354 go on")
                text = b""
                while not text.endswith(b"\r\n.\r\n"):
                    text += self.rfile.readline()
                self.letters.append(text.decode())
                self._say("250 kept")
            elif word.upper() == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 well")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@pytest.fixture
def mail_server(settings: Any) -> Iterator[list[str]]:
    _Mail.letters.clear()
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Mail)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
    yield _Mail.letters
    server.shutdown()
    server.server_close()


@pytest.mark.usefixtures("by_mail")
def test_a_letter_reaches_the_mail_server_with_the_number_of_its_message(cast: Cast, mail_server: list[str]) -> None:
    tell(cast.officer, cast)

    assert send() == 1

    (letter,) = mail_server
    message = Outgoing.objects.get()
    assert f"X-Xingke-Message: {message.pk}-{message.upto}" in letter
    assert "To: officer@example.cn" in letter and "From: xingke@example.cn" in letter


@pytest.mark.usefixtures("by_mail")
def test_what_the_mail_server_says_is_not_kept(cast: Cast, mail_server: list[str]) -> None:
    choices.choose_channels(address="nobody@example.cn", muted=(), by=cast.officer, now=DAY - timedelta(hours=2))
    tell(cast.officer, cast)

    assert send() == 0

    message = Outgoing.objects.get()
    assert (message.state, str(told(message.error))) == ("failed", "邮件服务器不收这个收件地址。")
    assert mail_server == [] and Notice.objects.filter(read_at=None).exists()


@pytest.mark.usefixtures("by_mail")
def test_no_mail_server_is_said_and_tried_again(cast: Cast, mail_server: list[str], settings: Any) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings.EMAIL_PORT = free.getsockname()[1]
    tell(cast.officer, cast)

    assert send() == 0

    assert (states(), str(told(Outgoing.objects.get().error))) == (["failed"], "连接不上邮件服务器。")
