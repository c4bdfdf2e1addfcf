"""Which internet addresses a crawl may connect to. Pure."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

# Public by the registries, yet never a news site: what `ipaddress` doesn't know or calls global.
_SPECIAL_V4 = (
    ip_network("192.0.0.0/24"),  # protocol assignments (RFC 6890), of which Python 3.11 knows a part
    ip_network("192.88.99.0/24"),  # 6to4 relays, withdrawn (RFC 7526)
    ip_network("168.63.129.16/32"),  # Azure's host, which every machine there reaches
)
_GLOBAL_V6 = ip_network("2000::/3")  # all that is handed out as global unicast (RFC 4291)
_DOCUMENTATION_V6 = ip_network("3fff::/20")  # RFC 9637
_NAT64 = ip_network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address
_COMPATIBLE = ip_network("::/96")  # RFC 4291, deprecated: likewise


def is_forbidden(address: str) -> bool:
    """Say whether a resolved address is anything but a public host's; what isn't an address is forbidden.

    An IPv4 address inside an IPv6 one (mapped, 6to4, NAT64) is judged as itself.

    >>> is_forbidden("::ffff:127.0.0.1"), is_forbidden("93.184.215.14")
    (True, False)
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return True
    if isinstance(parsed, IPv6Address):
        embedded = _embedded(parsed)
        if embedded is None:
            return _is_forbidden_v6(parsed)
        parsed = embedded
    return not parsed.is_global or parsed.is_multicast or any(parsed in network for network in _SPECIAL_V4)


def _is_forbidden_v6(address: IPv6Address) -> bool:
    # Teredo needs no unwrapping: `ipaddress` counts all of 2001::/23 that isn't assigned as private.
    return not address.is_global or address not in _GLOBAL_V6 or address in _DOCUMENTATION_V6


def _embedded(address: IPv6Address) -> IPv4Address | None:
    if address in _NAT64 or address in _COMPATIBLE:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour
