"""The instruments of the paper market, and how people's spelling finds them."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from floorbroker.brokers.paper import contracts
from floorbroker.brokers.paper.catalogue import COINS, FUNDS, SHARES
from floorbroker.brokers.shared.option_symbols import CONTRACT, contract_of
from floorbroker.domain.errors import SymbolNotFound
from floorbroker.domain.instruments import AssetClass, Instrument, InstrumentRules, parse_symbol

_FOUND_AT_MOST: Final = 25
_CONTRACT_SPREAD_BPS: Final = 200.0
_ABOUT: Final = Decimal("0.05")
"""What a contract roughly costs, as a part of its share's price."""

_CONTRACT_RULES: Final = InstrumentRules(
    quantity_step=Decimal(1), price_tick=Decimal("0.01"), minimum_quantity=Decimal(1)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One line of the market.

    Attributes:
        base_price: US dollars; the simulated price moves around it.
        spread_bps: Between bid and ask, in hundredths of a percent of the price.
        underlying: Of a contract, the line that it is on.
    """

    instrument: Instrument
    rules: InstrumentRules
    base_price: Decimal
    spread_bps: float
    underlying: "Listing | None" = None

    @property
    def symbol(self) -> str:
        """The instrument's."""
        return self.instrument.symbol

    @property
    def crypto(self) -> bool:
        """Whether it is a pair that trades around the clock and only for cash."""
        return self.instrument.asset_class is AssetClass.CRYPTO

    @property
    def for_cash(self) -> bool:
        """Whether it is bought with cash only and never sold short: coins and contracts."""
        return self.crypto or self.underlying is not None

    @property
    def size(self) -> Decimal:
        """Units of the underlying in one contract; 1 for shares and coins."""
        return self.instrument.multiplier


def _share(symbol: str, name: str, price: str) -> Listing:
    return Listing(
        instrument=Instrument(symbol=symbol, asset_class=AssetClass.EQUITY, name=name),
        rules=InstrumentRules(
            quantity_step=Decimal("0.0001"),
            price_tick=Decimal("0.01"),
            minimum_quantity=Decimal("0.0001"),
            fractional=True,
        ),
        base_price=Decimal(price),
        spread_bps=2.0,
    )


def _coin(symbol: str, name: str, price: str, tick: str) -> Listing:
    return Listing(
        instrument=Instrument(symbol=symbol, asset_class=AssetClass.CRYPTO, name=name),
        rules=InstrumentRules(
            quantity_step=Decimal("0.000001"),
            price_tick=Decimal(tick),
            minimum_quantity=Decimal("0.000001"),
            minimum_notional=Decimal(1),
            fractional=True,
        ),
        base_price=Decimal(price),
        spread_bps=5.0,
    )


def plain_symbol(symbol: str) -> str:
    """Without what separates its parts; the root of its contracts."""
    return symbol.replace("/", "").replace(".", "").replace("-", "")


_ALL: Final = tuple(_share(*line) for line in SHARES + FUNDS) + tuple(_coin(*c) for c in COINS)
LISTINGS: Final[Mapping[str, Listing]] = MappingProxyType({line.symbol: line for line in _ALL})
_BY_PLAIN_SYMBOL: Final = MappingProxyType({plain_symbol(line.symbol): line for line in _ALL})


def listing(symbol: str) -> Listing:
    """The line of `symbol`, however people write it: `btcusd`, `BTC-USD`, `brk-b`.

    Raises:
        InvalidInput: The text cannot be a symbol.
        SymbolNotFound: The market does not list it.
    """
    wanted = parse_symbol(symbol)
    found = _BY_PLAIN_SYMBOL.get(plain_symbol(wanted)) or _contract(wanted)
    if found is None:
        raise SymbolNotFound(f"The paper market does not list {wanted}.", broker="paper")
    return found


def optionable(symbol: str) -> Listing | None:
    """The share or fund that options are listed on; None for anything else."""
    found = _BY_PLAIN_SYMBOL.get(plain_symbol(symbol))
    return None if found is None or found.crypto else found


def contract_line(contract: Instrument, share: Listing) -> Listing:
    """The line of one contract on a share; its base price only says how much is a lot of it."""
    return Listing(
        instrument=contract,
        rules=_CONTRACT_RULES,
        base_price=share.base_price * _ABOUT,
        spread_bps=_CONTRACT_SPREAD_BPS,
        underlying=share,
    )


def _contract(symbol: str) -> Listing | None:
    found = CONTRACT.fullmatch(symbol)
    share = None if found is None else optionable(found[1])
    if share is None:
        return None
    contract = contract_of(symbol, underlying=share.symbol)
    if contract is None or not contracts.is_listed(contract, share.base_price):
        return None
    return contract_line(contract, share)


def search(text: str) -> tuple[Instrument, ...]:
    """Listed instruments whose symbol or name begins like `text`, best first, at most 25."""
    wanted = text.strip().upper()
    if not wanted:
        return ()
    ranked = ((_rank(line, wanted), line.symbol, line.instrument) for line in _ALL)
    hits = sorted((hit for hit in ranked if hit[0] is not None), key=lambda hit: hit[:2])
    return tuple(instrument for _, _, instrument in hits[:_FOUND_AT_MOST])


def _rank(line: Listing, wanted: str) -> int | None:
    """0 the symbol itself, 1 its beginning, 2 the name's, 3 a later word's; None is no match."""
    symbol, name = plain_symbol(line.symbol), line.instrument.name.upper()
    begins = plain_symbol(wanted)
    if begins and symbol == begins:
        return 0
    if begins and symbol.startswith(begins):
        return 1
    if name.startswith(wanted):
        return 2
    return 3 if f" {wanted}" in name else None
