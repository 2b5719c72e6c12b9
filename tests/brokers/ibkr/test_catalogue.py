"""Contract details: which of several is meant, and the rules of each."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from floorbroker.brokers.ibkr import catalogue
from floorbroker.brokers.ibkr.catalogue import Increment, Listed
from floorbroker.domain.errors import AmbiguousSymbol, SymbolNotFound
from tests.brokers.ibkr.told_contracts import contract, details, future, option

CENTS = (Increment(low=Decimal(0), step=Decimal("0.01")),)
OPTIONS = (*CENTS, Increment(low=Decimal(3), step=Decimal("0.05")))


def listed(told: SimpleNamespace, **fields: Any) -> Listed:
    """One that is offered."""
    found = catalogue.read(details(told, **fields))
    assert found is not None
    return found


def share(number: int, symbol: str, exchange: str, name: str = "") -> Listed:
    """A share that is listed there."""
    told = contract(conId=number, symbol=symbol, primaryExchange=exchange)
    return listed(told, longName=name)


def coin(number: int, exchange: str) -> Listed:
    """Bitcoin, as it trades there."""
    return listed(contract("CRYPTO", conId=number, symbol="BTC", exchange=exchange))


def test_several_are_shown_as_they_can_be_typed() -> None:
    found = [share(1, "VOD", "NASDAQ", "VODAFONE ADR"), share(2, "VOD", "NYSE", "VODACOM")]

    with pytest.raises(AmbiguousSymbol) as refused:
        catalogue.only_one("VOD", found)

    assert refused.value.message == (
        "VOD can be several things at Interactive Brokers: "
        "VOD-NASDAQ (VODAFONE ADR); VOD-NYSE (VODACOM)."
    )


def test_one_of_several_keeps_its_exchange_in_its_symbol() -> None:
    found = [share(1, "VOD", "NASDAQ"), share(2, "VOD", "NYSE")]

    one = catalogue.only_one("VOD-NYSE", found, "NYSE")

    assert (one.con_id, one.instrument.symbol) == (2, "VOD-NYSE")


def test_the_only_one_is_called_by_its_symbol_alone() -> None:
    one = catalogue.only_one("VOD-NYSE", [share(2, "VOD", "NYSE")], "NYSE")

    assert one.instrument.symbol == "VOD"


def test_an_exchange_at_which_it_is_not_listed_is_no_find() -> None:
    with pytest.raises(SymbolNotFound):
        catalogue.only_one("VOD-AMEX", [share(1, "VOD", "NASDAQ")], "AMEX")


def test_futures_of_one_month_are_told_apart_by_their_local_symbols() -> None:
    big, small = listed(future("SIZ6", "SI", conId=1)), listed(future("SILZ6", "SI", conId=2))

    with pytest.raises(AmbiguousSymbol, match=r"SIZ6 .*SILZ6 "):
        catalogue.only_one("SI-202612", [big, small])


def test_a_coin_trades_where_the_documentation_says_if_it_can() -> None:
    found = [coin(1, "ZEROHASH"), coin(2, "PAXOS"), coin(3, "ELSEWHERE")]

    assert catalogue.only_one("BTC/USD", found).con_id == 2
    assert catalogue.only_one("BTC/USD", [found[2], found[0]]).con_id == 1


def test_a_contract_that_trades_at_two_exchanges_is_one() -> None:
    told = [details(future(conId=7)), details(future(conId=7, exchange="QBALGO"))]

    (one,) = catalogue.read_all(told)

    assert one.contract.exchange == "CME"


def test_what_is_not_offered_is_left_out() -> None:
    told = [details(contract(symbol="VOD", currency="GBP")), details(contract("IND"))]

    assert catalogue.read_all(told) == []


def test_the_time_behind_a_last_day_goes_out_of_requests() -> None:
    told = future(lastTradeDateOrContractMonth="20261218 08:30:00 US/Central")

    assert listed(told).contract.lastTradeDateOrContractMonth == "20261218"


@pytest.mark.parametrize(
    ("exchange", "ids", "exchanges", "rule"),
    [
        ("SMART", "26,109,32", "CBOE,SMART,AMEX", 109),
        ("CME", "67", "CME,QBALGO", 67),
        ("PAXOS", "8,9", "A,B", 8),
        ("SMART", "", "SMART", None),
    ],
)
def test_the_market_rule_is_that_of_the_exchange(
    exchange: str, ids: str, exchanges: str, rule: int | None
) -> None:
    told = contract(symbol="AAPL", exchange=exchange)

    assert listed(told, marketRuleIds=ids, validExchanges=exchanges).rule_id == rule


@pytest.mark.parametrize(
    ("price", "tick"),
    [("2.99", "0.01"), ("3", "0.05"), ("400", "0.05"), ("0", "0.01"), (None, "0.01")],
)
def test_the_tick_is_that_of_the_price_and_the_finest_without_one(
    price: str | None, tick: str
) -> None:
    known = None if price is None else Decimal(price)

    assert catalogue.rules(listed(option()), OPTIONS, known).price_tick == Decimal(tick)


def test_without_a_market_rule_the_tick_is_that_of_the_details() -> None:
    told = listed(future(), minTick=0.25)

    assert catalogue.rules(told, (), Decimal(5000)).price_tick == Decimal("0.25")


@pytest.mark.parametrize(
    ("told", "smallest", "increment", "step", "least"),
    [
        # Shares are whole, though their details speak of parts
        (contract(symbol="AAPL"), 0.0001, 0.0001, "1", "1"),
        (contract(symbol="AAPL"), 0.0, 0.0, "1", "1"),
        (contract(symbol="AAPL"), 1.0, 1.0, "1", "1"),
        (option(), 1.0, 1.0, "1", "1"),
        (future(), 1.0, 1.0, "1", "1"),
        (contract("CASH", symbol="EUR"), 1.0, 1.0, "1", "1"),
        (contract("CRYPTO", symbol="BTC"), 1e-08, 1e-08, "0.00000001", "0.00000001"),
        (contract("CRYPTO", symbol="BTC"), 0.0001, 1e-08, "0.00000001", "0.0001"),
        (contract("CRYPTO", symbol="BTC"), 0.0, 0.0, "0.00000001", "0.00000001"),
    ],
)
def test_quantities_are_as_the_details_say(
    told: SimpleNamespace, smallest: float, increment: float, step: str, least: str
) -> None:
    found = catalogue.rules(listed(told, minSize=smallest, sizeIncrement=increment), CENTS, None)

    assert (found.quantity_step, found.minimum_quantity) == (Decimal(step), Decimal(least))
    assert found.fractional is (Decimal(step) < 1)


def test_a_price_is_needed_only_where_steps_differ() -> None:
    assert not catalogue.needs_price(())
    assert not catalogue.needs_price(CENTS)
    assert catalogue.needs_price(OPTIONS)
