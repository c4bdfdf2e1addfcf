"""How often a password may be guessed. Pure: the moment is handed in, in seconds of a steady clock."""

from __future__ import annotations

import ipaddress
from collections import deque
from typing import NamedTuple

AT_ONE = 5  # attempts of one peer at one account within WINDOW
OF_PEER = 10  # at whatever names: no one peer may use up what there is for all
IN_ALL = 120  # each takes some 30 ms of CPU
WINDOW = 60.0  # seconds
_LONGEST = 64  # characters of a name that tell it from others


class _Made(NamedTuple):
    at: float
    peer: str
    name: str


class Attempts:
    """Counts attempts as failed until they are forgiven, so that many at once are not one. Never more than IN_ALL."""

    def __init__(self) -> None:
        self._made: deque[_Made] = deque()

    def take(self, address: str, name: str, now: float) -> bool:
        """Count an attempt of an address at an account; False if it has to wait."""
        while self._made and self._made[0].at <= now - WINDOW:
            self._made.popleft()
        peer, name = peer_of(address), name[:_LONGEST]
        own = [made for made in self._made if made.peer == peer]
        at_one = sum(made.name == name for made in own)
        if at_one >= AT_ONE or len(own) >= OF_PEER or len(self._made) >= IN_ALL:
            return False
        self._made.append(_Made(now, peer, name))
        return True

    def forgive(self, address: str, name: str) -> None:
        """Take back the last attempt of an address at an account: it was right. Wrong ones before it stay."""
        peer, name = peer_of(address), name[:_LONGEST]
        last = next((made for made in reversed(self._made) if (made.peer, made.name) == (peer, name)), None)
        if last:
            self._made.remove(last)


def peer_of(address: str) -> str:
    """Return what counts as one peer: an IPv4 address, or a network of IPv6, since a host has all of that.

    >>> peer_of("192.0.2.7"), peer_of("::ffff:192.0.2.7"), peer_of("2001:db8:1:2:3:4:5:6"), peer_of("")
    ('192.0.2.7', '192.0.2.7', '2001:db8:1:2::/64', '')
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return str(parsed)
    return str(parsed.ipv4_mapped or ipaddress.ip_network((int(parsed), 64), strict=False))
