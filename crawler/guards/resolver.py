"""Host names → public addresses only. Every connection asks here, for names and literals alike, at every hop.

The addresses that pass are the ones connected to, so a name that resolves differently the second time gains nothing.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol, cast

from scrapy.resolver import CachingHostnameResolver

from crawler.guards.addresses import is_forbidden

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Self

    from scrapy.crawler import Crawler
    from twisted.internet.base import ReactorBase
    from twisted.internet.interfaces import IAddress, IHostResolution, IResolutionReceiver


class _Receiver(Protocol):
    """Twisted's IResolutionReceiver as mypy understands it."""

    def resolutionBegan(self, resolution: IHostResolution) -> None: ...  # noqa: N802 (Twisted's name)
    def addressResolved(self, address: IAddress) -> None: ...  # noqa: N802
    def resolutionComplete(self) -> None: ...  # noqa: N802


class _PublicOnly:
    """Passes public addresses on and reports the ones that it holds back."""

    def __init__(self, receiver: _Receiver, refuse: Callable[[str], None]) -> None:
        self._receiver = receiver
        self._refuse = refuse

    def resolutionBegan(self, resolution: IHostResolution) -> None:  # noqa: N802 (Twisted's name)
        self._receiver.resolutionBegan(resolution)

    def addressResolved(self, address: IAddress) -> None:  # noqa: N802
        host = str(getattr(address, "host", ""))
        if is_forbidden(host):
            self._refuse(host)
        else:
            self._receiver.addressResolved(address)

    def resolutionComplete(self) -> None:  # noqa: N802
        self._receiver.resolutionComplete()


class PublicResolver(CachingHostnameResolver):
    """Resolves as Scrapy does, cached for the run, and holds back every address that isn't public.

    `allowed` are (host as written in the URL, port) pairs that may be private.
    """

    def __init__(
        self, reactor: ReactorBase, cache_size: int, allowed: frozenset[tuple[str, int]] = frozenset()
    ) -> None:
        super().__init__(reactor, cache_size)
        self._allowed = allowed
        self._refused: dict[tuple[str, int], str] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: ReactorBase) -> Self:
        settings = crawler.settings
        return cls(reactor, settings.getint("DNSCACHE_SIZE"), settings["WINNOW_ALLOW_PRIVATE"] or frozenset())

    def install_on_reactor(self) -> None:
        """Take the place of a resolver that lets everything pass; one is enough."""
        if not isinstance(self.reactor.nameResolver, PublicResolver):
            super().install_on_reactor()

    def refused(self, host: str, port: int) -> str | None:
        """Return the private address that a host and port last led to, if they did."""
        return self._refused.get((host.lower(), port))

    def resolveHostName(  # noqa: N802 (Twisted's name)
        self,
        resolutionReceiver: IResolutionReceiver,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[type[IAddress]] | None = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> IHostResolution:
        target = (hostName.lower(), portNumber)
        receiver = cast("_Receiver", resolutionReceiver)
        if target not in self._allowed:
            receiver = _PublicOnly(receiver, partial(self._refused.__setitem__, target))
        return super().resolveHostName(
            cast("IResolutionReceiver", receiver), hostName, portNumber, addressTypes, transportSemantics
        )
