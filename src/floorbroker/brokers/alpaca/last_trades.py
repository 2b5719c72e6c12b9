"""The last trade of what is followed, from whichever answer told it: a push, or a question.

A stream tells quotes at once and a last price with the next trade only, which may take hours. A
price without its last trade would be the middle of a bid and an ask, and on one exchange these may
stand far apart: so such a price waits for either.
"""

from collections.abc import Iterable

from floorbroker.brokers.alpaca.answers import LatestTrade


class LastTrades:
    """Of one link; nothing is kept of what nobody follows."""

    __slots__ = ("_known",)

    def __init__(self) -> None:
        """Nothing is followed."""
        self._known: dict[str, LatestTrade | None] = {}

    def follow(self, symbols: Iterable[str]) -> None:
        """From now on; what was heard before may be old."""
        self._known.update(dict.fromkeys(symbols))

    def leave(self, symbols: Iterable[str]) -> None:
        """No more."""
        for symbol in symbols:
            self._known.pop(symbol, None)

    def hear(self, symbol: str, trade: LatestTrade | None) -> None:
        """One was told; the newest stands."""
        if trade is None or symbol not in self._known or trade.p <= 0:
            return
        known = self._known[symbol]
        if known is None or known.t <= trade.t:
            self._known[symbol] = trade

    def of(self, symbol: str) -> LatestTrade | None:
        """None where none was heard yet."""
        return self._known.get(symbol)
