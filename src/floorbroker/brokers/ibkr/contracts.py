"""Symbols in everybody's words and contracts in Interactive Brokers', both directions. Pure.

| symbol                | contract                                                    |
|-----------------------|-------------------------------------------------------------|
| `AAPL`, `BRK.B`       | STK `AAPL`, `BRK B` at SMART                                |
| `VOD-NASDAQ`          | STK `VOD` at SMART, listed at NASDAQ                        |
| `AAPL261218C00200000` | OPT at SMART by its local symbol, which is OCC's, padded    |
| `ESZ6`, `ES-202612`   | FUT by its local symbol, or by its month, wherever it trades |
| `EUR/USD`             | CASH `EUR` in USD at IDEALPRO                               |
| `BTC/USD`             | CRYPTO `BTC` in USD, wherever the account may trade it      |

The fields are those of `Contract` in ib_insync's contract.py.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from floorbroker.brokers.shared.wire import plain, sentence
from floorbroker.domain.errors import NotSupported, SymbolNotFound
from floorbroker.domain.instruments import AssetClass, Instrument, OptionRight

BROKER: Final = "ibkr"
DOLLARS: Final = "USD"
SMART: Final = "SMART"
FOREX: Final = "IDEALPRO"
CURRENCIES: Final = frozenset(
    {"USD", "EUR", "GBP", "AUD", "NZD", "CAD", "CHF", "JPY", "HKD", "SGD", "CNH", "SEK", "NOK"}
    | {"DKK", "PLN", "CZK", "HUF", "ILS", "MXN", "TRY", "ZAR", "KRW", "INR", "AED", "SAR", "RON"}
)
LISTED_AT: Final = frozenset(
    {"NASDAQ", "NYSE", "ARCA", "AMEX", "BATS", "IEX", "PINK", "PURE", "TSE", "LSE", "LSEETF"}
    | {"IBIS", "SBF", "AEB", "EBS", "VENTURE", "MEXI"}
)
"""Primary exchanges that may stand behind a symbol to tell two of the same name apart."""

OPTION: Final = re.compile(r"([A-Z0-9]{1,6})(\d{6})([CP])(\d{8})", re.ASCII)
FUTURE: Final = re.compile(r"([A-Z0-9]{1,5})([FGHJKMNQUVXZ])(\d)", re.ASCII)
FUTURE_MONTH: Final = re.compile(r"([A-Z0-9]{1,10})-(20\d\d)(0[1-9]|1[0-2])", re.ASCII)
_PAIR: Final = re.compile(r"([A-Z0-9]{2,10})/([A-Z]{3,5})", re.ASCII)
_SHARE: Final = re.compile(r"[A-Z0-9]{1,10}(?:[./-][A-Z0-9]{1,5})?", re.ASCII)
_OLD_FUTURE: Final = re.compile(r"([A-Z0-9]{1,5})\s+([A-Z]{3})\s+(\d\d)", re.ASCII)
_RIGHTS: Final = {"C": OptionRight.CALL, "P": OptionRight.PUT}
_NAME_AT_MOST: Final = 60
_ROOT: Final = 6

ONLY_DOLLARS: Final = "Only what is priced in US dollars is offered, because limits are in dollars."


def fields_of(symbol: str) -> dict[str, Any]:
    """What a contract of that symbol is asked for with.

    Raises:
        SymbolNotFound: Nothing can be called that.
        NotSupported: It is priced in something else than dollars.
    """
    symbol = symbol.strip().upper()
    if found := OPTION.fullmatch(symbol):
        return _contract("OPT", localSymbol=f"{found[1]:<{_ROOT}}{symbol[len(found[1]) :]}")
    if found := FUTURE_MONTH.fullmatch(symbol):
        month = f"{found[2]}{found[3]}"
        return _contract("FUT", "", symbol=found[1], lastTradeDateOrContractMonth=month)
    if FUTURE.fullmatch(symbol):
        return _contract("FUT", "", localSymbol=symbol)
    if found := _PAIR.fullmatch(symbol):
        base, quote = found.groups()
        if quote != DOLLARS or base == DOLLARS:
            raise NotSupported(ONLY_DOLLARS, broker=BROKER)
        if base in CURRENCIES:
            return _contract("CASH", FOREX, symbol=base)
        return _contract("CRYPTO", "", symbol=base)
    share, _, exchange = symbol.partition("-")
    if exchange in LISTED_AT and _SHARE.fullmatch(share):
        return _contract("STK", symbol=_spaced(share), primaryExchange=exchange)
    if not _SHARE.fullmatch(symbol):
        raise not_found()
    return _contract("STK", symbol=_spaced(symbol))


def neutral(symbol: str) -> str:
    """The symbol under which a thing is known here: `BRK.B` for `brk/b`, `brk-b` and `BRK B`."""
    symbol = symbol.strip().upper()
    if any(one.fullmatch(symbol) for one in (OPTION, FUTURE, FUTURE_MONTH, _PAIR)):
        return symbol
    share, dash, exchange = symbol.partition("-")
    if dash and exchange in LISTED_AT:
        return f"{neutral(share)}-{exchange}"
    return re.sub(r"[ /-]", ".", symbol)


def instrument_of(contract: Any, name: str = "", month: str = "") -> Instrument | None:
    """What a contract is, complete or of a position; None for what is not offered here.

    Args:
        contract: Anything with the fields of ib_insync's `Contract`.
        name: The company's, or the contract's.
        month: `yyyymm` of a future, where its details tell it.
    """
    read = _READERS.get(contract.secType)
    if read is None or contract.currency != DOLLARS:
        return None
    try:
        return read(contract, sentence(name)[:_NAME_AT_MOST], month)
    except (ValueError, InvalidOperation):
        return None


def amount(number: float | str) -> Decimal:
    """A number of the SDK's in its shortest digits: binary floats come from short texts there."""
    return Decimal(plain(Decimal(str(number))))


def expiry_of(told: str) -> date:
    """`20261218`, with or without a time behind it."""
    return datetime.strptime(told.partition(" ")[0], "%Y%m%d").date()  # noqa: DTZ007 # a day has no zone


def not_found(words: str = "") -> SymbolNotFound:
    """Interactive Brokers has nothing of that name."""
    return SymbolNotFound(words, broker=BROKER)


def _contract(kind: str, exchange: str = SMART, **fields: str) -> dict[str, Any]:
    return {"secType": kind, "exchange": exchange, "currency": DOLLARS, **fields}


def _spaced(symbol: str) -> str:
    return re.sub("[./-]", " ", symbol)


def _share(contract: Any, name: str, _month: str) -> Instrument:
    exchange = contract.primaryExchange or contract.exchange
    return Instrument(
        symbol=neutral(contract.symbol),
        asset_class=AssetClass.EQUITY,
        name=name,
        exchange=exchange if exchange not in {"", SMART} else None,
    )


def _option(contract: Any, name: str, _month: str) -> Instrument:
    del name
    symbol = re.sub(r"\s+", "", contract.localSymbol)
    expiry, strike = expiry_of(contract.lastTradeDateOrContractMonth), amount(contract.strike)
    right = _RIGHTS.get(contract.right[:1])
    if right is None or strike <= 0:
        raise ValueError("an option without its terms")
    if not OPTION.fullmatch(symbol):
        root = contract.tradingClass or contract.symbol
        symbol = f"{root}{expiry:%y%m%d}{contract.right[0]}{int(strike * 1000):08d}"
    underlying = neutral(contract.symbol)
    return Instrument(
        symbol=symbol,
        asset_class=AssetClass.OPTION,
        name=f"{underlying} {expiry:%d %b %Y} {strike:f} {right.value}",
        multiplier=_multiplier(contract, Decimal(100)),
        underlying=underlying,
        expiry=expiry,
        strike=strike,
        right=right,
    )


def _future(contract: Any, name: str, month: str) -> Instrument:
    symbol, expiry = contract.localSymbol, expiry_of(contract.lastTradeDateOrContractMonth)
    if old := _OLD_FUTURE.fullmatch(symbol):
        month = f"{datetime.strptime(f'{old[2]} {old[3]}', '%b %y'):%Y%m}"  # noqa: DTZ007 # a month
    if not FUTURE.fullmatch(symbol):
        symbol = f"{contract.symbol}-{month or f'{expiry:%Y%m}'}"
    return Instrument(
        symbol=symbol,
        asset_class=AssetClass.FUTURE,
        name=f"{name or contract.symbol} {expiry:%d %b %Y}",
        exchange=contract.exchange or None,
        multiplier=_multiplier(contract, Decimal(1)),
        underlying=contract.symbol,
        expiry=expiry,
    )


def _pair(contract: Any, name: str, _month: str) -> Instrument:
    kind = AssetClass.FOREX if contract.secType == "CASH" else AssetClass.CRYPTO
    return Instrument(
        symbol=f"{contract.symbol}/{contract.currency}",
        asset_class=kind,
        name=name,
        exchange=contract.exchange or None,
    )


def _multiplier(contract: Any, usual: Decimal) -> Decimal:
    return amount(contract.multiplier) if contract.multiplier else usual


_READERS: Final[Mapping[str, Callable[[Any, str, str], Instrument]]] = {
    "STK": _share,
    "OPT": _option,
    "FUT": _future,
    "CASH": _pair,
    "CRYPTO": _pair,
}
