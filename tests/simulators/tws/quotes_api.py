"""Market data and depth: snapshots, streams, delayed data, an option's model."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from tests.simulators.tws import refusals
from tests.simulators.tws.clients import Client, Clients, Stream
from tests.simulators.tws.gate import Handler
from tests.simulators.tws.listing import Contract
from tests.simulators.tws.market import Greeks, Market
from tests.simulators.tws.refusals import Refusal
from tests.simulators.tws.ticket import read_wanted
from tests.simulators.tws.wire import Reading

LIVE: Final = 1
FROZEN: Final = 2
DELAYED: Final = 3
DELAYED_FROZEN: Final = 4
SUBSCRIPTIONS: Final = frozenset({"live", "delayed", "frozen", "delayed_frozen", "none"})

# https://interactivebrokers.github.io/tws-api/tick_types.html: live, delayed
_PRICES: Final = {
    "bid": (1, 66),
    "ask": (2, 67),
    "last": (4, 68),
    "high": (6, 72),
    "low": (7, 73),
    "close": (9, 75),
    "open": (14, 76),
}
_SIZES: Final = {"bid": (0, 69), "ask": (3, 70), "last": (5, 71)}
_VOLUME: Final = (8, 74)
_MODEL: Final = (13, 83)
_LAST_TIME: Final = (45, 88)
_NOT_SUBSCRIBED: Final = (
    "Requested market data is not subscribed.Check API status by selecting the Account menu then "
    "under Management choose Market Data Subscription Manager and/or availability of delayed data."
)
_FRACTIONS_FROM: Final = 163


class QuotesApi:
    """Tells prices as they are set.

    Attributes:
        subscription: What the login may see: "live", "frozen" (live, but the market is closed),
            "delayed", "delayed_frozen" (likewise) or "none".
    """

    def __init__(self, market: Market, clients: Clients) -> None:
        """With live data."""
        self.subscription = "live"
        self._market = market
        self._clients = clients

    def handlers(self) -> Mapping[int, Handler]:
        """By message."""
        return {
            1: self._request,
            2: self._cancel,
            10: self._request_depth,
            11: self._cancel_depth,
            59: self._set_type,
        }

    def prices_changed(self, contract: Contract) -> None:
        """Ticks for those who watch it."""
        for client in self._clients:
            for request, stream in client.streams.items():
                if stream.contract.con_id == contract.con_id:
                    self._tick(client, request, contract, stream.kind)

    def depth_changed(self, contract: Contract) -> None:
        """The book's rows that became different."""
        for client in self._clients:
            for request, stream in client.depths.items():
                if stream.contract.con_id == contract.con_id:
                    self._rows(client, request, stream)

    def lose_subscriptions(self) -> None:
        """As after error 1101: nothing is told any more until it is asked for again."""
        for client in self._clients:
            client.streams.clear()
            client.depths.clear()

    # Requests

    def _contract(self, reading: Reading) -> Contract:
        found = self._market.listing.find(read_wanted(reading))
        if not found:
            raise refusals.no_definition()
        if len(found) > 1:
            raise refusals.ambiguous(found[0].symbol)
        return found[0]

    def _set_type(self, client: Client, reading: Reading) -> None:
        reading.skip()
        client.market_data_type = reading.whole()

    def _request(self, client: Client, reading: Reading) -> None:
        reading.skip()
        request, contract = reading.whole(), self._contract(reading)
        if reading.flag():  # a delta-neutral contract
            reading.skip(3)
        generic, snapshot = reading.word(), reading.flag()
        if snapshot and generic:
            words = "Snapshot market data subscription is not applicable to generic ticks"
            raise refusals.invalid(words)
        kind = self._kind(client, request)
        client.send(58, 1, request, kind)
        client.send(81, request, contract.min_tick, "9c0001", 3)
        self._tick(client, request, contract, kind)
        if snapshot:
            client.send(57, 1, request)
        else:
            client.streams[request] = Stream(contract=contract, kind=kind)

    def _kind(self, client: Client, request: int) -> int:
        """What the client gets, by what it asked for and what the login has."""
        wanted, has = client.market_data_type, self.subscription
        if has == "live":
            return LIVE
        if has == "frozen":
            return FROZEN if wanted in {FROZEN, DELAYED_FROZEN} else LIVE
        if has == "none":
            raise Refusal(354, _NOT_SUBSCRIBED)
        if wanted in {LIVE, FROZEN}:
            raise Refusal(354, f"{_NOT_SUBSCRIBED}Delayed market data is available.")
        words = "Requested market data is not subscribed. Displaying delayed market data."
        client.error(request, 10167, words)
        frozen = has == "delayed_frozen" and wanted == DELAYED_FROZEN
        return DELAYED_FROZEN if frozen else DELAYED

    def _cancel(self, client: Client, reading: Reading) -> None:
        reading.skip()
        request = reading.whole()
        if client.streams.pop(request, None) is None:
            raise Refusal(300, f"Can't find EId with tickerId:{request}")

    # Ticks

    def _tick(self, client: Client, request: int, contract: Contract, kind: int) -> None:
        quote, late = self._market.quote(contract), kind >= DELAYED
        for name, numbers in _PRICES.items():
            price = getattr(quote, name)
            if price is None and name not in {"bid", "ask"}:
                continue
            size = getattr(quote, f"{name}_size", Decimal(0)) if price is not None else Decimal(0)
            size = size if client.version >= _FRACTIONS_FROM else size.quantize(Decimal(1))
            told = Decimal(-1) if price is None else price
            client.send(1, 6, request, numbers[late], told, size, 1)
            if name in _SIZES:
                client.send(2, 6, request, _SIZES[name][late], size)
        if quote.last is not None:
            client.send(2, 6, request, _VOLUME[late], quote.volume)
            client.send(46, 6, request, _LAST_TIME[late], int(quote.at.timestamp()))
        greeks = self._market.greeks.get(contract.con_id)
        if greeks is not None:
            client.send(21, request, _MODEL[late], 0, *_computation(greeks))

    # Depth

    def _request_depth(self, client: Client, reading: Reading) -> None:
        reading.skip()
        request, contract = reading.whole(), self._contract(reading)
        rows, smart = reading.whole(), reading.flag()
        if self.subscription not in {"live", "frozen"}:
            raise Refusal(354, _NOT_SUBSCRIBED)
        if contract.con_id not in self._market.depth:
            words = (
                "Deep market data is not supported for this combination of security type/exchange"
            )
            raise Refusal(10092, words)
        stream = Stream(contract=contract, rows=rows, smart=smart)
        client.depths[request] = stream
        self._rows(client, request, stream)

    def _cancel_depth(self, client: Client, reading: Reading) -> None:
        reading.skip()
        request = reading.whole()
        if client.depths.pop(request, None) is None:
            raise Refusal(310, f"Can't find the subscribed market depth with tickerId:{request}")

    def _rows(self, client: Client, request: int, stream: Stream) -> None:
        """Operation 0 puts a row in, 1 changes it, 2 takes it out; side 1 is the bids'."""
        bids, asks = self._market.depth[stream.contract.con_id]
        for side, rows in ((0, asks), (1, bids)):
            wanted, before = rows[: stream.rows], stream.sent.get(side, [])
            for place, (price, size) in enumerate(wanted):
                if place < len(before) and before[place] == (price, size):
                    continue
                operation = 1 if place < len(before) else 0
                self._row(client, request, stream, place, operation, side, price, size)
            for place in range(len(before) - 1, len(wanted) - 1, -1):
                price, _ = before[place]
                self._row(client, request, stream, place, 2, side, price, Decimal(0))
            stream.sent[side] = list(wanted)

    def _row(
        self,
        client: Client,
        request: int,
        stream: Stream,
        place: int,
        operation: int,
        side: int,
        price: Decimal,
        size: Decimal,
    ) -> None:
        if stream.smart:
            maker = stream.contract.primary or stream.contract.exchange
            client.send(13, 1, request, place, maker, operation, side, price, size, True)
        else:
            client.send(12, 1, request, place, operation, side, price, size)


def _computation(greeks: Greeks) -> tuple[Decimal, ...]:
    return (
        greeks.implied_volatility,
        greeks.delta,
        greeks.price,
        greeks.dividend,
        greeks.gamma,
        greeks.vega,
        greeks.theta,
        greeks.underlying,
    )
