"""Orders of the paper and the live account: placed, changed, canceled, found again."""

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest

from tests.simulators.opend import LIVE_ID, PAPER_ID, OpenDSimulator
from tests.simulators.opend_clients import World, account, opened, order

PAPER = account()
LIVE = account(paper=False)
DAYS = {"start": "2026-11-01", "end": "2026-11-30"}


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """Prices for AAPL, and live trading unlocked."""
    async with opened() as opened_world:
        opened_world.sim.locked = False
        yield opened_world


async def test_a_resting_order_is_what_was_asked_for(world: World) -> None:
    context = await world.trade()

    placed = await world.ask(context.place_order, **order(qty=3, remark="fb-1"))

    row = placed.to_dict("records")[0]
    assert (row["code"], row["trd_side"], row["order_type"]) == ("US.AAPL", "BUY", "NORMAL")
    assert (row["qty"], row["price"], row["order_status"]) == (3, 150, "SUBMITTED")
    assert (row["remark"], row["time_in_force"]) == ("fb-1", "DAY")
    assert row["create_time"] == "2026-11-18 12:00:00.000"
    assert world.sim.order("fb-1").order_id_ex == row["order_id"]


async def test_placing_asks_for_accounts_first_and_for_the_order_afterwards(world: World) -> None:
    context = await world.trade()
    await world.listening()
    before = len(world.sim.names())

    await world.place(context)

    sent = world.sim.names()[before:]
    assert sent == ["Trd_GetAccList", "Trd_PlaceOrder", "Trd_GetOrderList"]
    assert world.sim.orders_received == 1


async def test_a_list_that_lags_is_asked_three_times_and_the_order_once(world: World) -> None:
    context = await world.trade()
    world.sim.let_lists_lag()

    placed = await world.ask(context.place_order, **order())

    assert world.sim.names()[-4:] == ["Trd_PlaceOrder", *["Trd_GetOrderList"] * 3]
    assert world.sim.orders_received == 1
    row = placed.to_dict("records")[0]
    assert row["order_id"] == world.sim.orders[0].order_id_ex
    assert row["order_status"] != row["order_status"]  # a NaN: all but the number is missing
    assert (await world.ask(context.order_list_query, **PAPER)).empty
    assert len(await world.ask(context.order_list_query, refresh_cache=True, **PAPER)) == 1


async def test_a_market_order_fills_at_the_touch(world: World) -> None:
    context = await world.trade()
    world.sim.set_cash(PAPER_ID, 1_000)

    number = await world.place(context, order_type="MARKET", price=0.0, qty=2)

    found = (await world.ask(context.order_list_query, order_id=number, **PAPER)).to_dict("records")
    assert (found[0]["order_status"], found[0]["dealt_qty"]) == ("FILLED_ALL", 2)
    assert found[0]["dealt_avg_price"] == 190
    assert world.sim.accounts[PAPER_ID].cash == 620
    assert world.sim.accounts[PAPER_ID].positions["US.AAPL"].quantity == 2


async def test_a_sale_beyond_nothing_is_short(world: World) -> None:
    context = await world.trade()

    number = await world.place(context, trd_side="SELL", price=180.0)

    found = await world.ask(context.order_list_query, order_id=number, **PAPER)
    assert found["trd_side"][0] == "SELL_SHORT"
    assert world.sim.accounts[PAPER_ID].positions["US.AAPL"].quantity == -1


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("STOP", {"aux_price": 180.0}),
        ("STOP_LIMIT", {"aux_price": 180.0, "price": 179.0}),
        ("MARKET_IF_TOUCHED", {"aux_price": 200.0}),
        ("LIMIT_IF_TOUCHED", {"aux_price": 200.0, "price": 201.0}),
        ("TRAILING_STOP", {"trail_type": "AMOUNT", "trail_value": 5.0}),
        (
            "TRAILING_STOP_LIMIT",
            {"trail_type": "RATIO", "trail_value": 2.0, "trail_spread": 0.5},
        ),
    ],
)
async def test_the_live_account_takes_every_type(
    world: World, kind: str, fields: dict[str, Any]
) -> None:
    context = await world.trade()
    world.sim.hold(LIVE_ID, "US.AAPL", 1, 100)

    number = await world.place(
        context, paper=False, trd_side="SELL", order_type=kind, time_in_force="GTC", **fields
    )

    row = (await world.ask(context.order_list_query, order_id=number, **LIVE)).to_dict("records")[0]
    assert (row["order_type"], row["order_status"]) == (kind, "SUBMITTED")
    assert row["time_in_force"] == "GTC"
    for name, value in fields.items():
        if kind != "TRAILING_STOP_LIMIT" or name != "price":
            assert row[name] == value


async def test_an_order_is_changed_in_its_place(world: World) -> None:
    context = await world.trade()
    number = await world.place(context)

    changed = await world.ask(context.modify_order, "NORMAL", number, 4, 151.5, **PAPER)

    assert changed["order_id"][0] == number
    kept = world.sim.order(number)
    assert (kept.qty, kept.price) == (Decimal(4), Decimal("151.5"))
    assert kept.status == "SUBMITTED"
    assert len(world.sim.orders) == 1
    assert (world.sim.changes_received, world.sim.cancels_received) == (1, 0)


async def test_a_change_across_the_market_fills(world: World) -> None:
    context = await world.trade()
    number = await world.place(context)

    await world.ask(context.modify_order, "NORMAL", number, 1, 190.0, **PAPER)

    await world.until(lambda: world.sim.order(number).status == "FILLED_ALL")


async def test_a_canceled_order_has_ended(world: World) -> None:
    context = await world.trade()
    number = await world.place(context)

    await world.ask(context.modify_order, "CANCEL", number, 0, 0, **PAPER)

    assert world.sim.order(number).status == "CANCELLED_ALL"
    assert world.sim.cancels_received == 1


async def test_the_rest_of_a_part_filled_order_is_canceled(world: World) -> None:
    context = await world.trade()
    number = await world.place(context, qty=10)
    world.sim.fill(number, 4)

    await world.ask(context.modify_order, "CANCEL", number, 0, 0, **PAPER)

    found = await world.ask(context.order_list_query, order_id=number, **PAPER)
    assert (found["order_status"][0], found["dealt_qty"][0]) == ("CANCELLED_PART", 4)


async def test_all_live_orders_can_be_canceled_and_paper_ones_cannot(world: World) -> None:
    context = await world.trade()
    kept = await world.place(context)
    numbers = [await world.place(context, paper=False) for _ in range(2)]

    await world.ask(context.cancel_all_order, **LIVE)
    words = await world.refused(context.cancel_all_order, **PAPER)

    assert [world.sim.order(one).status for one in numbers] == ["CANCELLED_ALL"] * 2
    assert "Paper trading" in words
    assert world.sim.order(kept).status == "SUBMITTED"


async def test_lists_are_filtered_by_status_code_and_number(world: World) -> None:
    context = await world.trade()
    world.sim.set_price("US.MSFT", bid=400, ask=401)
    first = await world.place(context)
    second = await world.place(context, code="US.MSFT")
    await world.ask(context.modify_order, "CANCEL", first, 0, 0, **PAPER)

    async def numbers(**wanted: Any) -> list[str]:
        return list((await world.ask(context.order_list_query, **wanted, **PAPER))["order_id"])

    assert await numbers() == [second, first]
    assert await numbers(status_filter_list=["SUBMITTED"]) == [second]
    assert await numbers(code="US.AAPL") == [first]
    assert await numbers(order_id=first) == [first]


async def test_yesterdays_ended_orders_are_in_the_history_only(world: World) -> None:
    context = await world.trade()
    number = await world.place(context, remark="fb-7")
    world.sim.end_day()
    world.watch.advance(days=1)

    listed = await world.ask(context.order_list_query, **PAPER)
    past = await world.ask(context.history_order_list_query, **DAYS, **PAPER)
    later = await world.ask(
        context.history_order_list_query, start="2026-11-19", end="2026-11-30", **PAPER
    )

    assert listed.empty
    assert (past["order_id"][0], past["remark"][0]) == (number, "fb-7")
    assert later.empty


async def test_ended_orders_can_leave_the_list_at_once(world: World) -> None:
    context = await world.trade()
    world.sim.let_ended_orders_leave()
    await world.place(context, order_type="MARKET")

    listed = await world.ask(context.order_list_query, **PAPER)
    past = await world.ask(context.history_order_list_query, **DAYS, **PAPER)

    assert listed.empty
    assert past["order_status"][0] == "FILLED_ALL"


async def test_live_deals_and_fees_are_told(world: World) -> None:
    context = await world.trade()
    number = await world.place(context, paper=False, order_type="MARKET", qty=2)

    today = await world.ask(context.deal_list_query, **LIVE)
    past = await world.ask(context.history_deal_list_query, **DAYS, **LIVE)
    fees = await world.ask(context.order_fee_query, [number], **LIVE)

    assert (today["order_id"][0], today["qty"][0], today["price"][0]) == (number, 2, 190)
    assert list(past["deal_id"]) == list(today["deal_id"])
    assert fees["fee_amount"][0] == 1.99
    assert fees["fee_details"][0][1] == ("Platform Fees", 1.99)


async def test_paper_trading_has_no_deals_and_no_fees(world: World) -> None:
    context = await world.trade()
    number = await world.place(context, order_type="MARKET")

    for call in (
        lambda: context.deal_list_query(**PAPER),
        lambda: context.history_deal_list_query(**DAYS, **PAPER),
    ):
        assert await world.refused(call) == "Simulated trade does not support deal list"
    words = await world.refused(context.order_fee_query, [number], **PAPER)
    assert words == "Simulated trade is not supported"


async def test_orders_that_a_person_places_in_the_app_are_seen(world: World) -> None:
    context = await world.trade()

    made = world.sim.place_elsewhere(PAPER_ID, "US.AAPL")
    found = await world.ask(context.order_list_query, **PAPER)
    world.sim.cancel_elsewhere(made)

    assert list(found["order_id"]) == [made.order_id_ex]
    assert found["remark"][0] == ""
    assert made.status == "CANCELLED_ALL"


async def test_an_order_may_wait_fail_or_linger(world: World) -> None:
    context = await world.trade()

    world.sim.let_orders_wait()
    waiting = await world.place(context, order_type="MARKET")
    assert world.sim.order(waiting).status == "SUBMITTING"
    world.sim.finish_orders()
    assert world.sim.order(waiting).status == "FILLED_ALL"

    world.sim.fail_on_arrival("Rejected by the exchange")
    failed = await world.ask(context.place_order, **order())
    row = (await world.ask(context.order_list_query, order_id=failed["order_id"][0], **PAPER)).iloc[
        0
    ]
    assert (row["order_status"], row["last_err_msg"]) == ("FAILED", "Rejected by the exchange")

    world.sim.fail_on_arrival(None)
    lingering = await world.place(context)
    world.sim.let_cancels_wait()
    await world.ask(context.modify_order, "CANCEL", lingering, 0, 0, **PAPER)
    assert world.sim.order(lingering).status == "CANCELLING_ALL"
    world.sim.finish_cancels()
    assert world.sim.order(lingering).status == "CANCELLED_ALL"


def test_a_simulator_finds_no_order_that_is_not_there() -> None:
    with pytest.raises(KeyError):
        OpenDSimulator().order("1")
