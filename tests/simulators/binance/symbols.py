"""What can be traded, and by which rules: `GET /api/v3/exchangeInfo` and filters.md."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from tests.simulators.binance.refusals import bad_symbol
from tests.simulators.binance.wire import fixed

TYPES: Final = (
    "LIMIT",
    "LIMIT_MAKER",
    "MARKET",
    "STOP_LOSS",
    "STOP_LOSS_LIMIT",
    "TAKE_PROFIT",
    "TAKE_PROFIT_LIMIT",
)
STP_MODES: Final = ("NONE", "EXPIRE_TAKER", "EXPIRE_MAKER", "EXPIRE_BOTH")
EXCHANGE_MAX_NUM_ORDERS: Final = 1000


@dataclass(slots=True, kw_only=True, eq=False)
class Symbol:
    """One pair; any field may be changed by a test. Its numbers are no real pair's.

    Attributes:
        status: "TRADING", "HALT", "BREAK", "END_OF_DAY" or "CANCEL_ONLY".
        min_notional: In the quote asset, for market orders too.
        old_notional: Whether the rule is told as MIN_NOTIONAL, as on some exchanges, instead of
            NOTIONAL.
        permission_sets: One of each set is needed.
        max_position: Of the base asset; None for no such rule.
        default_stp: What prevents self-trades unless an order says otherwise.
    """

    base: str
    quote: str
    tick: Decimal = Decimal("0.01")
    min_price: Decimal = Decimal("0.01")
    max_price: Decimal = Decimal(1_000_000)
    step: Decimal = Decimal("0.00001")
    min_qty: Decimal = Decimal("0.00001")
    max_qty: Decimal = Decimal(9_000)
    market_max_qty: Decimal = Decimal(120)
    min_notional: Decimal = Decimal(5)
    max_notional: Decimal = Decimal(9_000_000)
    old_notional: bool = False
    multiplier_up: Decimal = Decimal(5)
    multiplier_down: Decimal = Decimal("0.2")
    min_trailing: int = 10
    max_trailing: int = 2000
    max_orders: int = 200
    max_algo_orders: int = 5
    max_lists: int = 20
    max_amends: int = 10
    max_iceberg_parts: int = 100
    max_position: Decimal | None = None
    status: str = "TRADING"
    order_types: tuple[str, ...] = TYPES
    permission_sets: tuple[tuple[str, ...], ...] = (("SPOT", "MARGIN"),)
    quote_qty_allowed: bool = True
    trailing_allowed: bool = True
    replace_allowed: bool = True
    amend_allowed: bool = True
    oco_allowed: bool = True
    oto_allowed: bool = True
    iceberg_allowed: bool = True
    default_stp: str = "EXPIRE_MAKER"

    @property
    def name(self) -> str:
        """As requests write it."""
        return f"{self.base}{self.quote}"

    def allows(self, permissions: list[str]) -> bool:
        """Whether an account with these permissions may trade it."""
        return all(set(one) & set(permissions) for one in self.permission_sets)

    def wire(self, *, sets: bool = True) -> dict[str, Any]:
        """As exchangeInfo shows it."""
        return {
            "symbol": self.name,
            "status": self.status,
            "baseAsset": self.base,
            "baseAssetPrecision": 8,
            "quoteAsset": self.quote,
            "quotePrecision": 8,
            "quoteAssetPrecision": 8,
            "baseCommissionPrecision": 8,
            "quoteCommissionPrecision": 8,
            "orderTypes": list(self.order_types),
            "icebergAllowed": self.iceberg_allowed,
            "ocoAllowed": self.oco_allowed,
            "otoAllowed": self.oto_allowed,
            "opoAllowed": False,
            "quoteOrderQtyMarketAllowed": self.quote_qty_allowed,
            "allowTrailingStop": self.trailing_allowed,
            "cancelReplaceAllowed": self.replace_allowed,
            "amendAllowed": self.amend_allowed,
            "pegInstructionsAllowed": False,
            "isSpotTradingAllowed": True,
            "isMarginTradingAllowed": False,
            "filters": self._filters(),
            "permissions": [],
            "permissionSets": [list(one) for one in self.permission_sets] if sets else [],
            "defaultSelfTradePreventionMode": self.default_stp,
            "allowedSelfTradePreventionModes": list(STP_MODES),
        }

    def _filters(self) -> list[dict[str, Any]]:
        filters = [
            _filter("PRICE_FILTER", minPrice=self.min_price, maxPrice=self.max_price)
            | {"tickSize": fixed(self.tick)},
            _filter("LOT_SIZE", minQty=self.min_qty, maxQty=self.max_qty, stepSize=self.step),
            _filter("ICEBERG_PARTS") | {"limit": self.max_iceberg_parts},
            # A step of zero means no rule, and is what most symbols show.
            _filter(
                "MARKET_LOT_SIZE",
                minQty=Decimal(0),
                maxQty=self.market_max_qty,
                stepSize=Decimal(0),
            ),
            _filter("TRAILING_DELTA")
            | {
                "minTrailingAboveDelta": self.min_trailing,
                "maxTrailingAboveDelta": self.max_trailing,
                "minTrailingBelowDelta": self.min_trailing,
                "maxTrailingBelowDelta": self.max_trailing,
            },
            _filter("PERCENT_PRICE_BY_SIDE")
            | {
                "bidMultiplierUp": str(self.multiplier_up),
                "bidMultiplierDown": str(self.multiplier_down),
                "askMultiplierUp": str(self.multiplier_up),
                "askMultiplierDown": str(self.multiplier_down),
                "avgPriceMins": 5,
            },
            self._notional(),
            _filter("MAX_NUM_ORDERS") | {"maxNumOrders": self.max_orders},
            _filter("MAX_NUM_ORDER_LISTS") | {"maxNumOrderLists": self.max_lists},
            _filter("MAX_NUM_ALGO_ORDERS") | {"maxNumAlgoOrders": self.max_algo_orders},
            _filter("MAX_NUM_ORDER_AMENDS") | {"maxNumOrderAmends": self.max_amends},
        ]
        if self.max_position is not None:
            filters.append(_filter("MAX_POSITION", maxPosition=self.max_position))
        return filters

    def _notional(self) -> dict[str, Any]:
        if self.old_notional:
            shown = _filter("MIN_NOTIONAL", minNotional=self.min_notional)
            return {**shown, "applyToMarket": True, "avgPriceMins": 5}
        return {
            **_filter("NOTIONAL", minNotional=self.min_notional),
            "applyMinToMarket": True,
            "maxNotional": fixed(self.max_notional),
            "applyMaxToMarket": False,
            "avgPriceMins": 5,
        }


class Catalogue:
    """All pairs, by name."""

    def __init__(self) -> None:
        """Those of `usual_symbols`."""
        self.symbols = {symbol.name: symbol for symbol in usual_symbols()}

    def add(self, *symbols: Symbol) -> None:
        """More of them, or others in their place."""
        self.symbols.update({symbol.name: symbol for symbol in symbols})

    @property
    def assets(self) -> list[str]:
        """What the pairs are made of, each once."""
        return list(dict.fromkeys(a for s in self.symbols.values() for a in (s.base, s.quote)))

    def find(self, name: str) -> Symbol:
        """By its name.

        Raises:
            Refusal: There is none.
        """
        if name not in self.symbols:
            raise bad_symbol()
        return self.symbols[name]


def usual_symbols() -> list[Symbol]:
    """Four in USDT, one each in FDUSD and EUR, one that is halted."""
    thousandth = Decimal("0.001")
    return [
        Symbol(base="BTC", quote="USDT"),
        Symbol(base="ETH", quote="USDT", step=Decimal("0.0001"), min_qty=Decimal("0.0001")),
        Symbol(base="BNB", quote="USDT", step=thousandth, min_qty=thousandth),
        Symbol(base="SOL", quote="USDT", step=thousandth, min_qty=thousandth, old_notional=True),
        Symbol(base="BTC", quote="FDUSD"),
        Symbol(base="ETH", quote="EUR", step=Decimal("0.0001"), min_qty=Decimal("0.0001")),
        Symbol(base="LUNA", quote="USDT", status="BREAK"),
    ]


def _filter(kind: str, **amounts: Decimal) -> dict[str, Any]:
    return {"filterType": kind, **{name: fixed(amount) for name, amount in amounts.items()}}
