"""Option contracts: chains of them, and what their symbols tell."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from floorbroker.brokers.webull.adapter import WebullAdapter
from floorbroker.brokers.webull.options import contract_of, contract_with, root_of
from floorbroker.domain.errors import ApiError, BrokerError
from floorbroker.domain.instruments import OptionRight
from tests.brokers.webull.answering import Told
from tests.brokers.webull.at_webull import APPLE, BITCOIN
from tests.simulators.webull import WebullSimulator

CONTRACTS = "/trading/instruments/options/contracts/list"
CHRISTMAS = date(2026, 12, 18)


async def test_a_chain_has_every_contract_of_its_day_by_strike(
    adapter: WebullAdapter, simulator: WebullSimulator
) -> None:
    simulator.catalogue.list_option("AAPL", date(2026, 12, 24), "CALL", "240")
    simulator.change_instrument("AAPL261218P00250000", status="NT")

    chain = await adapter.option_chain(APPLE, CHRISTMAS)

    call, put = OptionRight.CALL, OptionRight.PUT
    assert [one.strike for one in chain] == [230, 230, 240, 240, 250]
    assert [one.right for one in chain] == [call, put, call, put, call]
    assert {(one.expiry, one.multiplier) for one in chain} == {(CHRISTMAS, Decimal(100))}


async def test_contracts_of_another_root_belong_to_the_chain_too(
    adapter: WebullAdapter, simulator: WebullSimulator
) -> None:
    weekly = simulator.catalogue.list_option("AAPL1", CHRISTMAS, "CALL", "9.5", underlying="AAPL")

    chain = await adapter.option_chain(APPLE, CHRISTMAS)

    assert (chain[0].symbol, chain[0].underlying) == (weekly.symbol, "AAPL")
    assert root_of(chain[0].symbol) == "AAPL1"


def listed(*strikes: int, key: str | None) -> dict[str, Any]:
    """A page of MSFT's puts."""
    contracts = [
        {
            "symbol": f"MSFT261218P{strike:05d}000",
            "tradable_status": "OC",
            "expiration_date": "2026-12-18",
            "root_symbol": "MSFT",
            "underlying_symbol": "MSFT",
            "option_type": "PUT",
            "strike_price": str(strike),
            "multiplier": "100",
        }
        for strike in strikes
    ]
    return {"data": contracts, **({} if key is None else {"pagination_key": key})}


async def test_every_page_of_a_chain_is_read_and_one_without_an_end_is_none(
    adapter: WebullAdapter, simulator: WebullSimulator
) -> None:
    msft = replace(APPLE, symbol="MSFT")
    pages = Told(listed(100, 101, key="a"), listed(102, key="b"), listed(103, key=None))
    trouble = simulator.refuse_with(CONTRACTS, pages)
    whole = await adapter.option_chain(msft, CHRISTMAS)
    trouble.lift()
    simulator.refuse_with(CONTRACTS, Told(listed(100, key="a")))

    with pytest.raises(BrokerError, match="more contracts"):
        await adapter.option_chain(msft, CHRISTMAS)

    assert [one.strike for one in whole] == [100, 101, 102, 103]


async def test_a_contract_whose_terms_are_not_those_of_its_symbol_is_left_out(
    adapter: WebullAdapter, simulator: WebullSimulator
) -> None:
    page = listed(100, 101, 102, 103, key=None)
    page["data"][0]["strike_price"] = "10"
    page["data"][1]["option_type"] = "CALL"
    page["data"][2]["root_symbol"] = "MSFT1"
    simulator.refuse_with(CONTRACTS, Told(page))

    chain = await adapter.option_chain(replace(APPLE, symbol="MSFT"), CHRISTMAS)

    assert [one.strike for one in chain] == [103]
    with pytest.raises(ApiError):
        await adapter.instrument("MSFT261218P00100000")


async def test_coins_have_no_chain(adapter: WebullAdapter) -> None:
    assert await adapter.option_chain(BITCOIN, CHRISTMAS) == []


@pytest.mark.parametrize(
    "symbol", ["AAPL", "AAPL261232C00240000", "AAPL261218X00240000", "AAPL261218C00000000"]
)
def test_what_is_no_contract_is_none(symbol: str) -> None:
    assert contract_of(symbol) is None


@pytest.mark.parametrize(
    ("root", "right", "strike"),
    [
        ("AAPL", "CALL", None),
        ("AAPL", "BOTH", Decimal(240)),
        ("AAPL", "CALL", Decimal("240.0001")),
        ("AAPL", "CALL", Decimal(0)),
        ("AAPL", "CALL", Decimal(100_000)),
        ("TOOLONGAROOT", "CALL", Decimal(240)),
    ],
)
def test_terms_that_make_no_contract_are_none(
    root: str, right: str, strike: Decimal | None
) -> None:
    assert contract_with(root, "AAPL", CHRISTMAS, right, strike, None) is None
    assert contract_with("AAPL", "AAPL", None, "CALL", Decimal(240), None) is None


def test_terms_make_the_symbol_that_the_market_uses() -> None:
    made = contract_with("AAPL", "AAPL", CHRISTMAS, "PUT", Decimal("7.5"), Decimal(10))

    assert made is not None
    assert (made.symbol, made.multiplier) == ("AAPL261218P00007500", Decimal(10))


async def test_expiries_are_those_of_traded_calls_from_today_on(
    adapter: WebullAdapter, simulator: WebullSimulator
) -> None:
    simulator.catalogue.list_option("AAPL", date(2026, 12, 24), "CALL", "240")
    gone = simulator.catalogue.list_option("AAPL", date(2027, 1, 15), "CALL", "240")
    simulator.change_instrument(gone.symbol, status="NT")

    assert await adapter.option_expiries(APPLE) == [CHRISTMAS, date(2026, 12, 24)]
    assert await adapter.option_expiries(BITCOIN) == []


async def test_the_prices_of_a_long_chain_come_in_as_many_at_once_as_webull_takes(
    adapter: WebullAdapter, simulator: WebullSimulator
) -> None:
    for strike in range(200, 222):
        contract = simulator.catalogue.list_option("MSFT", CHRISTMAS, "PUT", str(strike))
        if strike != 210:
            simulator.market.set(contract.symbol, bid="1.90", ask="2.10")
    chain = await adapter.option_chain(replace(APPLE, symbol="MSFT"), CHRISTMAS)
    asked = len(simulator.received)

    told = await adapter.option_quotes(chain)

    assert len(simulator.received) == asked + 2
    assert [one.contract.strike for one in told] == [
        strike for strike in range(200, 222) if strike != 210
    ]
    assert {one.open_interest for one in told} == {100}
    assert {one.greeks.implied_volatility for one in told if one.greeks} == {Decimal("0.3")}
