"""Names lead to public addresses only, however often and whatever they resolve to."""
# ruff: noqa: N802, N803 (Twisted's names)

from types import SimpleNamespace

import pytest
from scrapy.resolver import dnscache
from twisted.internet.address import IPv4Address, IPv6Address

from crawler.guards.resolver import PublicResolver


class Names:
    """A name server that gives the next of its answers each time."""

    def __init__(self, *answers):
        self.answers = list(answers)

    def resolveHostName(self, receiver, hostName, portNumber=0, addressTypes=None, transportSemantics="TCP"):
        receiver.resolutionBegan(None)
        for host in self.answers.pop(0):
            kind = IPv6Address if ":" in host else IPv4Address
            receiver.addressResolved(kind("TCP", host, portNumber))
        receiver.resolutionComplete()


class Receiver:
    def __init__(self):
        self.addresses, self.is_complete = [], False

    def resolutionBegan(self, resolution):
        pass

    def addressResolved(self, address):
        self.addresses.append(address.host)

    def resolutionComplete(self):
        self.is_complete = True


@pytest.fixture(autouse=True)
def empty_cache():
    dnscache.clear()
    yield
    dnscache.clear()


def resolver(*answers, allowed=frozenset(), cache_size=100):
    return PublicResolver(SimpleNamespace(nameResolver=Names(*answers)), cache_size, allowed)


def resolve(names, host, port=80):
    receiver = Receiver()
    names.resolveHostName(receiver, host, port)
    assert receiver.is_complete
    return receiver.addresses


def test_of_mixed_addresses_only_the_public_ones_pass():
    names = resolver(["127.0.0.1", "8.8.8.8", "::1"])
    assert resolve(names, "mixed.example") == ["8.8.8.8"]


def test_a_name_that_turns_private_later_is_held_back():
    """DNS rebinding: public when first asked, private when connecting."""
    names = resolver(["8.8.8.8"], ["127.0.0.1"])
    assert resolve(names, "rebind.example") == ["8.8.8.8"]
    dnscache.clear()
    assert resolve(names, "rebind.example") == []
    assert names.refused("rebind.example", 80) == "127.0.0.1"


def test_a_cached_private_address_is_held_back_too():
    names = resolver(["10.0.0.1"])
    assert [resolve(names, "x.example"), resolve(names, "x.example")] == [[], []]


def test_an_allowed_pair_passes_and_its_other_ports_do_not():
    names = resolver(["127.0.0.1"], ["127.0.0.1"], allowed=frozenset({("localhost", 8711)}))
    assert resolve(names, "localhost", 8711) == ["127.0.0.1"]
    assert resolve(names, "LOCALHOST", 8711) == ["127.0.0.1"]
    assert resolve(names, "localhost", 8712) == []
    assert names.refused("localhost", 8711) is None
