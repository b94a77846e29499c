"""The one way out of the house: a message by mail or by webhook, given its words already. Knows no notices.

Nothing of what the other side answers is kept or logged but a number, and no address: both may hold secrets.
"""

import http.client
import json
import smtplib
import socket
import ssl
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from django.core import mail

from xingke.base.refusals import Refused
from xingke.base.sayings import Saying, say
from xingke.notices.rules import addresses
from xingke.notices.rules.addresses import IPNetwork

WAIT = 10.0  # seconds for each step of a connection
LONGEST = 20.0  # seconds for all of it, however slowly the other side answers
MOST = 64 * 1024  # bytes of an answer that are read, and of a message that is sent


class Undelivered(Exception):
    """It did not go out. saying: why, for the system administrator. again: whether another try may help."""

    def __init__(self, saying: Saying, *, again: bool = True) -> None:
        super().__init__(saying)
        self.saying, self.again = saying, again


@dataclass(frozen=True)
class Letter:
    """A message in words. key: the same when it is sent again, so that the other side can tell. told: what a program reads."""

    key: str
    subject: str
    text: str
    told: Mapping[str, object] = field(default_factory=dict)


def send_mail(letter: Letter, *, to: str) -> None:
    """Give a letter to the mail server. Raises Undelivered."""
    message = mail.EmailMessage(letter.subject, letter.text, to=[to], headers={"X-Xingke-Message": letter.key})
    try:
        mail.get_connection(timeout=WAIT).send_messages([message])
    except smtplib.SMTPResponseException as error:
        raise Undelivered(say("邮件服务器没有收下（答复 %(code)s）。", code=error.smtp_code)) from None
    except smtplib.SMTPRecipientsRefused:
        raise Undelivered(say("邮件服务器不收这个收件地址。")) from None
    except (smtplib.SMTPException, OSError):
        raise Undelivered(say("连接不上邮件服务器。")) from None


def send_webhook(letter: Letter, *, url: str, allowed: Sequence[IPNetwork] = ()) -> None:
    """Post a letter as JSON. Raises Undelivered.

    The form is what group robots take (``msgtype``, ``text``), with the parts beside it for other programs.
    """
    body = json.dumps(
        {"msgtype": "text", "text": {"content": f"{letter.subject}\n{letter.text}"}, "key": letter.key, **letter.told},
        ensure_ascii=False,
    ).encode()
    if len(body) > MOST:
        raise Undelivered(say("消息太长，没有发送。"), again=False)
    try:
        target = addresses.target_of(url)
        found = _resolved(target.host, target.port)
        status, answer = _post(target, addresses.address_to_use(found, allowed), body)
    except Refused as refusal:
        raise Undelivered(refusal.saying, again=False) from None
    except ssl.SSLError:
        raise Undelivered(say("对方的证书不可信，没有发送。")) from None
    except (OSError, http.client.HTTPException, ValueError):
        raise Undelivered(say("连接不上这个网址，或对方太慢。")) from None
    if 300 <= status < 400:
        raise Undelivered(say("对方让转到别的网址（%(code)s）；不跟随，请填最终的网址。", code=status), again=False)
    if not 200 <= status < 300:
        raise Undelivered(say("对方没有收下（答复 %(code)s）。", code=status))
    if number := _refusal(answer):
        raise Undelivered(say("对方没有收下（答复 %(code)s）。", code=number))


def _resolved(host: str, port: int) -> list[str]:
    """The addresses of a name, each once. Raises OSError where there is none."""
    return list(dict.fromkeys(str(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))


def _post(target: addresses.Target, address: str, body: bytes) -> tuple[int, bytes]:
    """The status of the answer, and its beginning. Connects to the address that was looked at, and asks for the certificate
    of the name."""
    connection = http.client.HTTPSConnection(target.host, target.port, timeout=WAIT)
    plain = socket.create_connection((address, target.port), timeout=WAIT)
    secured = ssl.create_default_context().wrap_socket(
        plain, server_hostname=target.host, do_handshake_on_connect=False
    )
    watch = threading.Timer(LONGEST, _cut, [secured])
    watch.daemon = True
    watch.start()
    try:
        secured.do_handshake()
        connection.sock = secured
        connection.request(
            "POST",
            target.path,
            body,
            {"Content-Type": "application/json; charset=utf-8", "User-Agent": "xingke", "Connection": "close"},
        )
        answer = connection.getresponse()
        return answer.status, answer.read(MOST)
    finally:
        watch.cancel()
        connection.close()
        secured.close()


def _cut(connection: ssl.SSLSocket) -> None:
    """End a connection whose other side keeps us waiting; whoever reads from it learns at once."""
    with suppress(OSError):
        socket.socket.shutdown(
            connection, socket.SHUT_RDWR
        )  # not TLS's own, which takes away what the reader reads with


def _refusal(answer: bytes) -> int:
    """The number by which a group robot says that it did not take a message, with a status that says it did; 0 for none."""
    try:
        told = json.loads(answer)
    except (ValueError, RecursionError):
        return 0
    number = told.get("errcode", 0) if isinstance(told, dict) else 0
    return number if isinstance(number, int) else 0
