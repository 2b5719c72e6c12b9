"""What can be traded at Schwab: looked up one by one, since it lists nothing as a whole."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from floorbroker.brokers.schwab.calls import SchwabCalls
from floorbroker.brokers.schwab.errors import Refusal, not_found
from floorbroker.brokers.schwab.market_answers import Listed
from floorbroker.brokers.schwab.symbols import (
    SHARE,
    contract,
    contract_of,
    share,
    to_schwab,
)
from floorbroker.brokers.shared.cache import SharedCache
from floorbroker.brokers.shared.option_symbols import CONTRACT
from floorbroker.domain.instruments import AssetClass, Instrument, InstrumentRules

SHARES: Final = frozenset({"EQUITY", "ETF", "COLLECTIVE_INVESTMENT"})
"""Orders are for "equities and options" (Schwabdev, docs/pages-raw/orders.md); funds that are
traded on an exchange are ordered as equities."""

FOUND_AT_MOST: Final = 25
REMEMBERED: Final = 64
_BEGINNING: Final = re.compile(r"[A-Z0-9]{1,10}(?:\.[A-Z0-9]{0,5})?", re.A)
_NOT_FOUND: Final = 404
_KEPT: Final = timedelta(days=1)
_WHOLE: Final = Decimal(1)
_DOLLAR: Final = Decimal(1)
_CENT: Final = Decimal("0.01")
_HUNDREDTH_OF_A_CENT: Final = Decimal("0.0001")

OPTION_RULES: Final = InstrumentRules(
    quantity_step=_WHOLE, price_tick=_CENT, minimum_quantity=_WHOLE, fractional=False
)
"""Many contracts trade in steps of 0.05 or 0.10; Schwab does not tell which, and rejects others."""


class Instruments:
    """Shares and options."""

    __slots__ = ("_cache", "_calls", "_host", "_searched")

    def __init__(self, calls: SchwabCalls, cache: SharedCache, host: str) -> None:
        """`host` is the address that is asked."""
        self._calls = calls
        self._cache = cache
        self._host = host
        self._searched: dict[str, tuple[Instrument, ...]] = {}

    async def search(self, text: str) -> Sequence[Instrument]:
        """Shares whose symbol begins like `text`; only what can be one is asked for."""
        beginning = _neutral(text)
        if not _BEGINNING.fullmatch(beginning):
            return []
        known = self._searched.get(beginning)
        if known is None:
            listed = await self._listed(f"{re.escape(beginning.replace('.', '/'))}.*")
            shares = [
                share(one.symbol, one.description, one.exchange)
                for one in listed
                if one.kind in SHARES
            ]
            known = tuple(sorted(shares, key=lambda one: (len(one.symbol), one.symbol)))
            known = known[:FOUND_AT_MOST]
            self._remember(beginning, known)
        return known

    async def named(self, symbol: str) -> Instrument:
        """The one instrument of that symbol.

        Raises:
            SymbolNotFound: There is none.
        """
        wanted = _neutral(symbol)
        if not (CONTRACT.fullmatch(wanted) or SHARE.fullmatch(wanted)):
            raise not_found()
        load = self._option if CONTRACT.fullmatch(wanted) else self._share
        return await self._cache.get((self._host, "named", wanted), lambda: load(wanted), _KEPT)

    async def chain(self, underlying: Instrument, expiry: date) -> Sequence[Instrument]:
        """Every contract of one expiry that stands for the usual number of shares."""
        if underlying.asset_class is not AssetClass.EQUITY or not SHARE.fullmatch(
            underlying.symbol
        ):
            raise not_found()
        try:
            told = await self._calls.get_chain(to_schwab(underlying), expiry)
        except Refusal as refusal:
            raise (not_found() if refusal.status == _NOT_FOUND else refusal) from refusal
        found = [
            one for one in map(contract, told.contracts) if one is not None and one.expiry == expiry
        ]
        return sorted(found, key=lambda one: (one.strike or Decimal(0), one.symbol))

    async def _listed(self, pattern: str) -> Sequence[Listed]:
        try:
            return await self._calls.search_instruments(pattern)
        except Refusal as refusal:
            if refusal.status != _NOT_FOUND:
                raise
        return ()

    async def _share(self, symbol: str) -> Instrument:
        schwabs = symbol.replace(".", "/")
        try:
            listed = await self._calls.get_instruments(schwabs, "symbol-search")
        except Refusal as refusal:
            raise (not_found() if refusal.status == _NOT_FOUND else refusal) from refusal
        for one in listed:
            if one.symbol == schwabs and one.kind in SHARES:
                return share(one.symbol, one.description, one.exchange)
        raise not_found()

    async def _option(self, symbol: str) -> Instrument:
        instrument = contract_of(symbol)
        told = None if instrument is None else await self._calls.get_quote(to_schwab(instrument))
        if told is None or told.kind != "OPTION":
            raise not_found()
        terms = told.reference
        found = contract_of(symbol, terms.description, terms.multiplier or Decimal(100))
        if found is None:
            raise not_found()
        return found

    def _remember(self, text: str, found: tuple[Instrument, ...]) -> None:
        if len(self._searched) >= REMEMBERED:
            del self._searched[next(iter(self._searched))]
        self._searched[text] = found


def share_rules(price: Decimal | None) -> InstrumentRules:
    """Whole shares; prices from one dollar on are in cents, below in hundredths of a cent.

    The steps of prices are the exchanges' (Regulation NMS, rule 612). schwab-py cuts prices the
    same way (orders/generic.py, truncate_float).
    """
    cheap = price is not None and price < _DOLLAR
    return InstrumentRules(
        quantity_step=_WHOLE,
        price_tick=_HUNDREDTH_OF_A_CENT if cheap else _CENT,
        minimum_quantity=_WHOLE,
        fractional=False,
    )


def _neutral(symbol: str) -> str:
    """`BRK.B` for the `brk/b` and `BRK-B` of people."""
    return symbol.strip().upper().replace("/", ".").replace("-", ".")
