"""Accounts, money, positions, the lock of live trading, and what OpenD says of itself."""

from collections.abc import AsyncIterator

import pytest

from tests.simulators.opend import CASH, LIVE_ID, PAPER_ID, PASSWORD, REAL, Account
from tests.simulators.opend_clients import World, account, opened, order

PAPER = account()
LIVE = account(paper=False)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """Prices for AAPL."""
    async with opened() as opened_world:
        yield opened_world


async def test_there_are_a_paper_and_a_live_account(world: World) -> None:
    context = await world.trade()

    found = await world.ask(context.get_acc_list)

    rows = found.to_dict("records")
    assert [(r["acc_id"], r["trd_env"], r["acc_type"]) for r in rows] == [
        (PAPER_ID, "SIMULATE", "MARGIN"),
        (LIVE_ID, "REAL", "MARGIN"),
    ]
    assert rows[0]["sim_acc_type"] == "STOCK_AND_OPTION"
    assert (rows[1]["security_firm"], rows[1]["card_num"]) == ("FUTUINC", "1001200163530138")
    assert all(row["trdmarket_auth"] == ["US"] for row in rows)


async def test_an_account_of_another_firm_or_market_is_not_shown_by_the_sdk() -> None:
    other = Account(acc_id=7, trd_env=REAL, acc_type=CASH, security_firm="FUTUSG", markets=("SG",))
    async with opened(accounts=[other]) as world:
        elsewhere = await world.trade()
        there = await world.trade(filter_trdmarket="SG", security_firm="FUTUSG")

        assert (await world.ask(elsewhere.get_acc_list)).empty
        assert (await world.ask(there.get_acc_list))["acc_type"][0] == "CASH"


async def test_without_an_environment_the_sdk_means_the_live_account(world: World) -> None:
    context = await world.trade()
    world.sim.set_cash(LIVE_ID, "12.50")

    found = await world.ask(context.accinfo_query)

    assert found["cash"][0] == 12.5


async def test_money_is_cash_what_is_frozen_and_what_is_held(world: World) -> None:
    context = await world.trade()
    world.sim.set_cash(PAPER_ID, 10_000)
    world.sim.hold(PAPER_ID, "US.AAPL", 10, 150)
    await world.place(context, price=100.0, qty=20)

    found = (await world.ask(context.accinfo_query, currency="USD", **PAPER)).to_dict("records")[0]

    assert found["cash"] == 10_000
    assert found["frozen_cash"] == 2_000
    assert found["market_val"] == pytest.approx(1899.5)
    assert found["total_assets"] == pytest.approx(11_899.5)
    assert (found["net_cash_power"], found["power"]) == (8_000, 16_000)
    assert (found["us_cash"], found["currency"]) == (10_000, "USD")


async def test_positions_know_their_cost_and_their_gain(world: World) -> None:
    context = await world.trade()
    world.sim.hold(LIVE_ID, "US.AAPL", 10, "150.00")

    found = (await world.ask(context.position_list_query, **LIVE)).to_dict("records")[0]

    assert (found["code"], found["qty"], found["can_sell_qty"]) == ("US.AAPL", 10, 10)
    assert (found["average_cost"], found["diluted_cost"]) == (150, 150)
    assert found["nominal_price"] == pytest.approx(189.95)
    assert found["pl_val"] == pytest.approx(399.5)
    assert found["position_side"] == "LONG"


async def test_a_paper_position_has_no_average_cost(world: World) -> None:
    context = await world.trade()
    world.sim.hold(PAPER_ID, "US.AAPL", -3, "200")

    found = (await world.ask(context.position_list_query, **PAPER)).to_dict("records")[0]

    assert (found["average_cost"], found["diluted_cost"]) == ("N/A", 200)
    assert (found["qty"], found["position_side"]) == (-3, "SHORT")


async def test_positions_can_be_asked_for_by_code(world: World) -> None:
    context = await world.trade()
    world.sim.hold(PAPER_ID, "US.AAPL", 1, 150)
    world.sim.hold(PAPER_ID, "US.MSFT", 2, 300)

    found = await world.ask(context.position_list_query, code="US.MSFT", **PAPER)

    assert list(found["code"]) == ["US.MSFT"]


async def test_how_much_can_be_traded(world: World) -> None:
    context = await world.trade()
    world.sim.set_cash(PAPER_ID, 1_000)
    world.sim.hold(PAPER_ID, "US.MSFT", 5, 300)

    bought = await world.ask(context.acctradinginfo_query, "NORMAL", "US.AAPL", 190.0, **PAPER)
    sold = await world.ask(context.acctradinginfo_query, "NORMAL", "US.MSFT", 300.0, **PAPER)

    assert (bought["max_cash_buy"][0], bought["max_cash_and_margin_buy"][0]) == (5, 10)
    assert (sold["max_position_sell"][0], sold["max_sell_short"][0]) == (5, 0)


async def test_a_live_order_needs_the_trade_unlocked(world: World) -> None:
    context = await world.trade()

    words = await world.refused(context.place_order, **order(paper=False))

    assert "unlock" in words
    assert world.sim.locked
    assert world.sim.orders == []


async def test_a_wrong_password_does_not_unlock(world: World) -> None:
    context = await world.trade()

    words = await world.refused(context.unlock_trade, "guess")

    assert "password" in words
    assert world.sim.locked
    assert world.sim.unlocks_received == 1


async def test_one_unlock_is_for_every_connection(world: World) -> None:
    one, another = await world.trade(), await world.trade()

    await world.ask(one.unlock_trade, PASSWORD)

    await world.place(another, paper=False)
    assert not world.sim.locked
    await world.ask(one.unlock_trade, is_unlock=False)
    assert world.sim.locked


async def test_the_password_crosses_the_wire_as_its_digest(world: World) -> None:
    context = await world.trade()

    await world.ask(context.unlock_trade, password_md5=world.sim.unlock_password_md5)

    sent = next(one.request for one in world.sim.received if one.kind == "unlock")
    assert sent.c2s.pwdMD5 == world.sim.unlock_password_md5
    assert not world.sim.locked


async def test_an_opend_with_a_window_is_not_unlocked_over_the_api(world: World) -> None:
    context = await world.trade()
    world.sim.unlocking_allowed = False

    words = await world.refused(context.unlock_trade, PASSWORD)

    assert "GUI version" in words
    assert world.sim.locked


async def test_a_person_unlocks_in_opends_window(world: World) -> None:
    context = await world.trade()
    world.sim.locked = False

    assert await world.place(context, paper=False)


async def test_opend_says_how_it_is_and_when_the_market_is_open(world: World) -> None:
    context = await world.quotes()

    noon = await world.ask(context.get_global_state)
    world.watch.advance(hours=6)
    evening = await world.ask(context.get_global_state)
    world.sim.log_out()
    out = await world.ask(context.get_global_state)

    assert (noon["market_us"], noon["qot_logined"], noon["trd_logined"]) == (
        "AFTERNOON",
        True,
        True,
    )
    assert noon["program_status_type"] == "READY"
    assert evening["market_us"] == "AFTER_HOURS_BEGIN"
    assert (out["qot_logined"], out["trd_logined"]) == (False, False)


async def test_nothing_else_works_while_opend_is_logged_out(world: World) -> None:
    context = await world.trade()
    world.sim.log_out()

    words = await world.refused(context.place_order, **order())
    world.sim.log_in()

    assert "logged out" in words
    assert await world.place(context)
