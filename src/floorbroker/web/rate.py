"""How often one address and one link may knock.

Counted in this process and, where there are several, by all of them as one as far as Redis answers.
What has to hold for certain (tries, single use) is in the store.
"""

import time
from collections.abc import Iterator
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil
from typing import Final

from aiohttp import web
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from floorbroker.replicas.counts import SharedCounts

PER_ADDRESS: Final = RateLimitItemPerMinute(120)
"""Many people may share an address: an office, a mobile network."""

PER_LINK: Final = RateLimitItemPerMinute(30)
MOST_REMEMBERED: Final = 50_000
"""Addresses and links; beyond this all of them start anew, so that a flood fills no memory."""

_FORWARDED: Final = "X-Forwarded-For"


class TooMany(Exception):
    """Somebody knocks too often.

    Attributes:
        seconds: After how long another try is welcome.
    """

    def __init__(self, seconds: int) -> None:
        """See the attribute."""
        super().__init__(seconds)
        self.seconds = seconds


class Visits:
    """Counts requests in moving windows."""

    def __init__(
        self,
        *,
        proxy_hops: int = 0,
        per_address: RateLimitItem = PER_ADDRESS,
        per_link: RateLimitItem = PER_LINK,
        most_remembered: int = MOST_REMEMBERED,
        pages: str = "links",
        together: SharedCounts | None = None,
    ) -> None:
        """Nobody came yet.

        Args:
            proxy_hops: How many proxies of the operator's stand in front of this process.
            pages: What is visited, a word: each counts for itself.
            together: What other replicas count too.
        """
        self._proxy_hops = proxy_hops
        self._per_address = per_address
        self._per_link = per_link
        self._most_remembered = most_remembered
        self._pages = pages
        self._together = together
        self._storage = MemoryStorage()
        self._limiter = MovingWindowRateLimiter(self._storage)

    async def count_address(self, request: web.Request) -> None:
        """Counts one request of whoever sent it.

        Raises:
            TooMany: There were enough for now.
        """
        who = remote_address(request, self._proxy_hops)
        await self._count(self._per_address, "address", who)

    async def count_link(self, ref: str) -> None:
        """Counts one request that concerns a link.

        Raises:
            TooMany: There were enough for now.
        """
        await self._count(self._per_link, "link", ref)

    async def _count(self, limit: RateLimitItem, kind: str, who: str) -> None:
        if len(self._storage.events) > self._most_remembered:
            self._storage.reset()  # the library keeps a key for ever once it was seen
        if not self._limiter.hit(limit, who):
            again = self._limiter.get_window_stats(limit, who).reset_time - time.time()
            raise TooMany(max(1, ceil(again)))
        if self._together is None:
            return
        told = await self._together.use(
            f"{self._pages}/{kind}/{who}", 1, most=limit.amount, seconds=limit.get_expiry()
        )
        if told is not None and told[0] is not None:
            raise TooMany(max(1, ceil(told[0].total_seconds())))


def remote_address(request: web.Request, proxy_hops: int) -> str:
    """Whose request it is: an IPv4 address, or the /64 network of an IPv6 one.

    Each trusted proxy adds the address that it was called from at the right of X-Forwarded-For. So
    what stands `proxy_hops` from the right was written by our own outermost proxy, and whatever is
    left of it by anybody. Without trusted proxies the header is not looked at.
    """
    peer = request.remote or ""
    if not proxy_hops:
        return _network(peer)
    entries = list(_entries(request.headers.getall(_FORWARDED, [])))
    # Too few: it did not come through all our proxies, so what it says of itself does not count.
    return _network(entries[-proxy_hops] if len(entries) >= proxy_hops else peer, peer)


def _entries(headers: list[str]) -> Iterator[str]:
    for header in headers:
        yield from (entry.strip() for entry in header.split(","))


def _network(text: str, otherwise: str = "") -> str:
    try:
        address = ip_address(text)
    except ValueError:
        return _network(otherwise) if otherwise else "unknown"
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ip_network((address.packed[:8] + bytes(8), 64)))
