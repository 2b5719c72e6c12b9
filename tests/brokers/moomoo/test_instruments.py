"""Shares and contracts: found, searched for, and named both ways."""

from datetime import date
from decimal import Decimal

import pytest

from floorbroker.brokers.moomoo.adapter import MoomooAdapter
from floorbroker.brokers.moomoo.catalogue import NoCode, code_of, contract, held
from floorbroker.domain.errors import (
    SymbolNotFound,
)
from tests.brokers.moomoo.at_moomoo import APPLE, CALL
from tests.simulators.opend import OpenDSimulator


async def test_a_chain_has_the_contracts_of_its_day_by_strike(
    adapter: MoomooAdapter, simulator: OpenDSimulator
) -> None:
    assert CALL.expiry is not None
    simulator.list_chain("US.AAPL", [CALL.expiry, date(2026, 12, 24)], ["187.50"])

    found = await adapter.option_chain(APPLE, CALL.expiry)

    assert [one.symbol for one in found] == [
        "AAPL261218C00187500",
        "AAPL261218P00187500",
        CALL.symbol,
    ]
    assert {one.multiplier for one in found} == {Decimal(100)}


async def test_a_contract_is_found_by_its_usual_name(adapter: MoomooAdapter) -> None:
    found = await adapter.instrument(CALL.symbol)

    assert (found.symbol, found.strike, found.expiry) == (CALL.symbol, CALL.strike, CALL.expiry)


@pytest.mark.parametrize("symbol", ["BRK.B", "BRK/B", "BRK-B"])
async def test_a_share_with_a_class_is_found_however_it_is_written(
    adapter: MoomooAdapter, symbol: str
) -> None:
    found = await adapter.instrument(symbol)

    assert (found.symbol, found.name) == ("BRK.B", "Berkshire Hathaway-B")


@pytest.mark.parametrize("symbol", ["QZXQZX", "BTC/USD", "AAPL261218C00999000", "../../x"])
async def test_what_moomoo_does_not_know_is_not_found(adapter: MoomooAdapter, symbol: str) -> None:
    with pytest.raises(SymbolNotFound):
        await adapter.instrument(symbol)


async def test_a_search_finds_symbols_first_and_then_names(
    adapter: MoomooAdapter, simulator: OpenDSimulator
) -> None:
    simulator.list_security("US.APLE", name="Apple Hospitality REIT")
    simulator.list_security("US.XYZ", name="The Apple Tree")

    by_symbol = await adapter.search_instruments("ap")
    by_name = await adapter.search_instruments("apple")

    assert [one.symbol for one in by_symbol][:1] == ["APLE"]
    assert {one.symbol for one in by_name} == {"AAPL", "APLE", "XYZ"}
    assert await adapter.search_instruments("  ") == []
    assert simulator.names().count("Qot_GetStaticInfo") == 2


@pytest.mark.parametrize(
    ("code", "symbol"),
    [
        ("AAPL261218C200000", "AAPL261218C00200000"),
        ("AAPL261218P187500", "AAPL261218P00187500"),
        ("F261218C500", "F261218C00000500"),
        ("SPXW261218C6500000", "SPXW261218C06500000"),
    ],
)
def test_a_contracts_code_and_symbol_lead_to_each_other(code: str, symbol: str) -> None:
    found = contract(code)

    assert found is not None
    assert found.symbol == symbol
    assert code_of(found) == code


@pytest.mark.parametrize("code", ["AAPL", "AAPL261318C200000", "AAPL261218C0", "AAPL261218X1"])
def test_what_is_no_contract_is_none(code: str) -> None:
    assert contract(code) is None


def test_what_is_not_of_this_market_cannot_be_named() -> None:
    with pytest.raises(NoCode):
        code_of(held(1, "00700", "Tencent"))
