"""Option chains at the simulator, and how many questions they take."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from decimal import Decimal

import pytest

from floorbroker.domain.errors import BrokerConnectionError, NotSupported
from floorbroker.domain.instruments import AssetClass, Instrument, OptionRight
from tests.brokers.ibkr.at_market import APPLE, CHAINS, DETAILS, Desk, market_at
from tests.simulators.tws import Fault

DECEMBER = date(2026, 12, 18)


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with market_at() as desk:
        yield desk


async def test_a_chain_has_every_contract_of_one_day_by_strike(desk: Desk) -> None:
    chain = await desk.market.chain(APPLE, DECEMBER)

    assert [one.symbol for one in chain] == [
        f"AAPL261218{right}00{strike}000" for strike in (180, 190, 200) for right in "CP"
    ]
    assert {one.expiry for one in chain} == {DECEMBER}
    assert (chain[0].underlying, chain[0].multiplier) == ("AAPL", Decimal(100))
    assert [chain[0].right, chain[1].right] == [OptionRight.CALL, OptionRight.PUT]


async def test_a_chain_takes_two_questions_and_its_contracts_none_more(desk: Desk) -> None:
    await desk.instruments.named("AAPL")
    asked = desk.asked(DETAILS)

    chain = await desk.market.chain(APPLE, DECEMBER)
    contracts = [await desk.instruments.contract(one) for one in chain]

    assert (desk.asked(CHAINS), desk.asked(DETAILS)) == (1, asked + 1)
    assert len({contract.conId for contract in contracts}) == 6
    assert {contract.exchange for contract in contracts} == {"SMART"}


async def test_a_chain_is_kept_for_an_hour(desk: Desk) -> None:
    first = await desk.market.chain(APPLE, DECEMBER)
    assert await desk.market.chain(APPLE, DECEMBER) == first
    assert desk.asked(CHAINS) == 1
    desk.clock.advance(3600)

    await desk.market.chain(APPLE, DECEMBER)

    assert desk.asked(CHAINS) == 2


async def test_a_strike_of_another_day_is_not_made_up(desk: Desk) -> None:
    weekly = {"under_symbol": "AAPL", "trading_class": "AAPL", "right": "C"}
    desk.simulator.list_contract(
        "AAPL", "OPT", expiry="20261204", strike=Decimal("187.5"), **weekly
    )

    weekly_chain = await desk.market.chain(APPLE, date(2026, 12, 4))
    monthly = await desk.market.chain(APPLE, DECEMBER)

    assert [one.strike for one in weekly_chain] == [Decimal("187.5")]
    assert Decimal("187.5") not in {one.strike for one in monthly}


async def test_on_a_day_without_expiry_there_is_no_chain(desk: Desk) -> None:
    await desk.instruments.named("AAPL")
    asked = desk.asked(DETAILS)

    assert list(await desk.market.chain(APPLE, date(2026, 12, 19))) == []
    assert desk.asked(DETAILS) == asked


async def test_adjusted_contracts_are_left_out(desk: Desk) -> None:
    adjusted = {"under_symbol": "AAPL", "trading_class": "2AAPL", "right": "C"}
    desk.simulator.list_contract("AAPL", "OPT", expiry="20261218", strike=Decimal(150), **adjusted)
    mini = {"under_symbol": "AAPL", "trading_class": "AAPL7", "multiplier": "10", "right": "C"}
    desk.simulator.list_contract("AAPL", "OPT", expiry="20261218", strike=Decimal(160), **mini)

    chain = await desk.market.chain(APPLE, DECEMBER)

    assert {one.strike for one in chain} == {Decimal(180), Decimal(190), Decimal(200)}


async def test_two_who_ask_at_once_share_the_answer(desk: Desk) -> None:
    first, second = await asyncio.gather(
        desk.market.chain(APPLE, DECEMBER), desk.market.chain(APPLE, DECEMBER)
    )

    assert first == second
    assert desk.asked(CHAINS) == 1


async def test_a_chain_that_somebody_gave_up_on_is_there_for_the_next(desk: Desk) -> None:
    await desk.instruments.named("AAPL")
    late = desk.simulator.fail("read", Fault.LATE)
    waiting = asyncio.create_task(desk.market.chain(APPLE, DECEMBER))
    await late.reached.wait()
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)

    late.release()
    chain = await desk.market.chain(APPLE, DECEMBER)

    assert len(chain) == 6
    assert desk.asked(CHAINS) == 1


async def test_a_chain_that_failed_is_asked_for_again(desk: Desk) -> None:
    await desk.instruments.named("AAPL")
    desk.simulator.fail("read", Fault.DROP_BEFORE)
    with pytest.raises(BrokerConnectionError):
        await desk.market.chain(APPLE, DECEMBER)
    await desk.gateway.up()

    assert len(await desk.market.chain(APPLE, DECEMBER)) == 6


async def test_only_shares_have_a_chain_here(desk: Desk) -> None:
    with pytest.raises(NotSupported):
        await desk.market.chain(Instrument(symbol="ESZ6", asset_class=AssetClass.FUTURE), DECEMBER)
