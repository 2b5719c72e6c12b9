"""The messages about what can be traded."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from tests.simulators.tws import hours, refusals
from tests.simulators.tws.clients import Client
from tests.simulators.tws.gate import Handler
from tests.simulators.tws.listing import Contract
from tests.simulators.tws.market import Market
from tests.simulators.tws.ticket import read_wanted
from tests.simulators.tws.wire import Reading, Value

_SIZES_FROM = 164
_SUGGESTED_AT = 163
_ISSUERS_FROM = 176
_MOST_SAMPLES = 16


class ContractsApi:
    """Reads only."""

    def __init__(self, market: Market) -> None:
        """Over what is listed."""
        self._market = market
        self._listing = market.listing

    def handlers(self) -> Mapping[int, Handler]:
        """By message."""
        return {9: self._details, 78: self._option_parameters, 81: self._matching, 91: self._rule}

    def _details(self, client: Client, reading: Reading) -> None:
        reading.skip()
        request = reading.whole()
        wanted = read_wanted(reading)
        if not wanted.con_id and not wanted.kind:
            raise refusals.invalid("Please enter a valid security type")
        found = self._listing.find(wanted)
        if not found:
            raise refusals.no_definition()
        now = self._market.now()
        for contract in found:
            client.send(*_drawn(request, contract, wanted.exchange, client.version, now))
        client.send(52, 1, request)

    def _matching(self, client: Client, reading: Reading) -> None:
        request, pattern = reading.whole(), reading.word().upper()
        found = [
            contract
            for contract in self._listing.contracts
            if contract.kind in {"STK", "CASH", "CRYPTO"}
            and (contract.symbol.startswith(pattern) or pattern in contract.name.upper())
        ][:_MOST_SAMPLES]
        fields: list[Value] = []
        for contract in found:
            kinds = {c.kind for c in self._listing.contracts if c.underlying == contract.con_id}
            fields += [contract.con_id, contract.symbol, contract.kind, contract.primary]
            fields += [contract.currency, len(kinds), *sorted(kinds)]
            if client.version >= _ISSUERS_FROM:
                fields += [contract.name, ""]
        client.send(79, request, len(found), *fields)

    def _option_parameters(self, client: Client, reading: Reading) -> None:
        request = reading.whole()
        reading.skip(3)  # symbol, exchange of a future, kind
        con_id = reading.whole()
        chains: dict[tuple[str, str, str], list[Contract]] = defaultdict(list)
        for contract in self._listing.derived_from(con_id, "OPT"):
            for exchange in contract.exchanges:
                key = (exchange, contract.trading_class, contract.multiplier)
                chains[key].append(contract)
        for (exchange, trading_class, multiplier), contracts in sorted(chains.items()):
            days = sorted({contract.expiry for contract in contracts})
            strikes = sorted({contract.strike for contract in contracts})
            head = (75, request, exchange, con_id, trading_class, multiplier)
            client.send(*head, len(days), *days, len(strikes), *strikes)
        client.send(76, request)

    def _rule(self, client: Client, reading: Reading) -> None:
        number = reading.whole()
        steps = self._listing.rules.get(number)
        if steps is None:
            raise refusals.invalid("Invalid market rule id")  # words unverified
        client.send(93, number, len(steps), *(field for step in steps for field in step))


def _drawn(
    request: int, contract: Contract, exchange: str, version: int, now: datetime
) -> tuple[Value, ...]:
    """Message 10."""
    old = version < _SIZES_FROM
    sizes: tuple[Value, ...] = ()
    if version == _SUGGESTED_AT:
        sizes = (contract.min_size,)
    elif not old:
        sizes = (contract.min_size,) * 3
    return (
        10,
        *((8,) if old else ()),
        request,
        contract.symbol,
        contract.kind,
        contract.expiry,
        contract.strike,
        contract.right,
        exchange or contract.exchange,
        contract.currency,
        contract.local_symbol,
        contract.trading_class,  # the market's name
        contract.trading_class,
        contract.con_id,
        contract.min_tick,
        *((1,) if old else ()),
        contract.multiplier,
        contract.order_types,
        ",".join(contract.exchanges),
        1,  # priceMagnifier
        contract.underlying,
        contract.name.encode("unicode_escape").decode(),  # the protocol is ASCII since 153
        contract.primary,
        contract.expiry[:6],
        *(("Technology", "Computers", "Computers") if contract.kind == "STK" else ("",) * 3),
        contract.zone,
        hours.trading_hours(contract, now),
        hours.liquid_hours(contract, now),
        *("", 0, 0, 1),  # evRule, evMultiplier, secIdList, aggGroup
        contract.under_symbol,
        "STK" if contract.kind == "OPT" else "",
        ",".join(str(contract.rule) for _ in contract.exchanges),
        contract.expiry,
        contract.stock_type,
        *sizes,
    )
