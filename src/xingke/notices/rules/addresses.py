"""Where a webhook may lead: by https, to an address of the public net or one the operator named.

The name is resolved by whoever connects, and the address that was looked at is the one that is connected to: a name that
says one thing now and another in a second (DNS rebinding) gains nothing.
"""

import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from xingke.base.refusals import Refused
from xingke.base.sayings import say

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network
LONGEST = 500  # characters of an address
# What carries an IPv4 address within: mapped, compatible, 6to4, NAT64, Teredo. Nobody's webhook needs them.
_CARRYING = tuple(
    map(ipaddress.IPv6Network, ("::ffff:0:0/96", "::/96", "2002::/16", "64:ff9b::/96", "64:ff9b:1::/48", "2001::/32"))
)
_METADATA = tuple(map(ipaddress.ip_address, ("169.254.169.254", "100.100.100.200", "fd00:ec2::254")))


@dataclass(frozen=True)
class Target:
    """Where to connect, and what to ask for."""

    host: str
    port: int
    path: str


def target_of(url: str) -> Target:
    """The parts of an https address. Raises Refused, never saying the address: it may hold a secret."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or 443
        host.encode("idna")
    except ValueError:  # also UnicodeError
        raise Refused(say("这不是一个网址，请核对。")) from None
    if parts.scheme != "https" or not host or len(url) > LONGEST or not url.isascii() or not url.isprintable():
        raise Refused(say("请填 https:// 开头的网址，最多 %(most)s 个字符。", most=LONGEST))
    if " " in url or "@" in parts.netloc or parts.fragment:
        raise Refused(say("网址里不能有空格、账号口令或 # 之后的部分。"))
    return Target(host, port, (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))


def networks(texts: Iterable[str]) -> tuple[IPNetwork, ...]:
    """Networks as an operator writes them: 10.1.2.0/24. Raises ValueError."""
    return tuple(ipaddress.ip_network(text.strip()) for text in texts if text.strip())


def may_reach(text: str, allowed: Sequence[IPNetwork] = ()) -> bool:
    """Whether an address may be connected to: a public one, or one in a network the operator named."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    if any(address.version == network.version and address in network for network in allowed):
        return True
    if address in _METADATA or address.is_multicast or not address.is_global:
        return False
    return not any(address.version == 6 and address in network for network in _CARRYING)


def address_to_use(found: Iterable[str], allowed: Sequence[IPNetwork] = ()) -> str:
    """The first address a name resolved to. Raises Refused where one of them may not be reached: such a name is a trap."""
    every = list(found)
    if not every:
        raise Refused(say("这个主机名没有地址。"))
    if not all(may_reach(each, allowed) for each in every):
        raise Refused(say("这个主机名指向内部或保留的网络地址，不能向它发送。"))
    return every[0]
