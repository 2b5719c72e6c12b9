"""An armed order goes out once, and only where everything that Confirm asks holds at the firing."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from floorbroker.domain.errors import ApiError, OrderRejected, OutcomeUnknown
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import PositionEffect, Side
from floorbroker.domain.own_alerts import OwnAlert, Standing
from floorbroker.domain.people import Leaving
from floorbroker.domain.placing import LONGEST, Stage
from floorbroker.services.alert_wishes import Wishes
from floorbroker.services.audit_check import AuditCheck
from floorbroker.storage.audit import AuditTrail
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import AAPL, Venue, filled, held
from tests.floor import ANNA, BEN, EXCHANGE, SERVER, House, caller
from tests.services.armed import (
    ORDER,
    allowing,
    armed,
    fires,
    fires_and_is_seen_to,
    live,
    order_of,
)
from tests.services.conftest import Build
from tests.services.own_alerts import Lookout, lookout, trades_at


@pytest.fixture
def house(build: Build, venue: Venue) -> House:
    return build(venue=venue, chosen=allowing())


@pytest.fixture
async def out(house: House) -> Lookout:
    """Anna has one account, at the exchange."""
    await house.link()
    return lookout(house)


async def nothing_was_sent(out: Lookout, venue: Venue, alert: OwnAlert, why: str) -> None:
    """Neither now nor later; the person gets the review card, and reads why."""
    for _ in range(5):
        out.house.clock.advance(30)
        await out.orders.sweep()
        await out.telling.sweep()
    assert venue.count("place_order") == 0
    (told,) = out.told
    assert told.placing is not None
    assert (told.stage, told.reviewable(out.house.clock.now())) == (Stage.NOT_SENT, True)
    assert why in told.placing.why
    order = await order_of(out, alert)
    assert order is None or order.state is OrderState.LAPSED


# What goes out


async def test_it_goes_out_once_as_it_was_armed(out: Lookout, venue: Venue) -> None:
    alert = await armed(out)

    for price in ("110.50", "100", "112"):
        await fires_and_is_seen_to(out, venue, price)

    assert venue.count("place_order") == 1
    order = await order_of(out, alert)
    assert order is not None
    assert order.state is OrderState.ACCEPTED
    assert (order.request.side, order.request.quantity, order.request.limit_price) == (
        Side.BUY,
        Decimal(10),
        Decimal(111),
    )
    (told,) = out.told
    assert told.placing is not None
    assert (told.stage, told.placing.order_id) == (Stage.SENT, order.order_id)
    assert not told.reviewable(out.house.clock.now())


async def test_its_receipt_comes_by_direct_message(
    out: Lookout, venue: Venue, clock: ManualClock
) -> None:
    await armed(out)
    await fires_and_is_seen_to(out, venue)

    clock.advance(60)
    await out.house.notifier.sweep()

    (order,) = out.house.messenger.messages
    assert order.state is OrderState.ACCEPTED


async def test_with_closed_messages_both_wait_for_the_next_command(
    out: Lookout, venue: Venue, clock: ManualClock
) -> None:
    alert = await armed(out)
    out.house.messenger.dm_open = False
    await fires_and_is_seen_to(out, venue)
    clock.advance(60)
    await out.house.notifier.sweep()

    (unseen,) = await out.own.unseen(ANNA, most=5)
    assert (unseen.alert_id, unseen.stage) == (alert.alert_id, Stage.SENT)
    assert len(await out.house.inbox.unseen(ANNA)) == 1


async def test_a_sale_of_what_is_held_goes_out(
    out: Lookout, venue: Venue, clock: ManualClock
) -> None:
    venue.positions = (held(10, clock.now()),)
    alert = await armed(out, side=Side.SELL, limit="109")

    await fires_and_is_seen_to(out, venue)

    order = await order_of(out, alert)
    assert order is not None
    assert (order.state, order.request.effect) == (OrderState.ACCEPTED, PositionEffect.CLOSE)


async def test_an_order_after_a_fill_goes_out(out: Lookout, venue: Venue) -> None:
    first = await out.house.resting()
    await out.house.choose()
    by = caller()
    alert = await out.setting.fill(by, first.order_id, wishes(limit="101"))
    asked = await out.arming.ask(by, alert.alert_id)
    assert asked.placing is not None
    alert = await out.arming.confirm(by, alert.alert_id, asked.placing.placing_id)
    out.house.clock.advance(600)
    full = replace(filled("X-1", Decimal(5), out.house.clock.now()), broker_order_id="X-1")
    stored = await out.house.stored(first)
    done = replace(stored, state=OrderState.FILLED, fills=full.fills, check_at=None)
    assert await out.house.stored_orders.advance(stored, done)

    await out.order_fills.sweep()
    await out.orders.sweep()

    order = await order_of(out, alert)
    assert order is not None
    assert order.state is OrderState.ACCEPTED


def wishes(**changes: Any) -> Wishes:
    """The same order in an alert of another kind."""
    return Wishes(**{**ORDER, "quantity": "5", **changes})


async def test_a_live_order_goes_out_where_all_that_it_needs_is_on(
    build: Build, venue: Venue
) -> None:
    house = build(venue=venue, chosen=allowing(live_trading="on"))
    await live(house)
    out = lookout(house)
    await armed(out)

    await fires_and_is_seen_to(out, venue)

    assert venue.count("place_order") == 1


async def test_what_the_broker_refuses_is_told_and_never_repeated(
    out: Lookout, venue: Venue
) -> None:
    alert = await armed(out)
    venue.failing["place_order"] = OrderRejected("No.", broker=EXCHANGE)

    for _ in range(3):
        await fires_and_is_seen_to(out, venue)

    assert venue.count("place_order") == 1
    order = await order_of(out, alert)
    assert order is not None
    assert order.state is OrderState.REJECTED
    assert [one.stage for one in out.told] == [Stage.SENT]


async def test_an_unanswered_one_is_read_back_and_never_repeated(
    out: Lookout, venue: Venue, clock: ManualClock
) -> None:
    alert = await armed(out)
    venue.failing_after["place_order"] = OutcomeUnknown(broker=EXCHANGE)
    await fires_and_is_seen_to(out, venue)
    clock.advance(60)

    await out.house.reconciler.sweep()
    await out.orders.sweep()

    assert venue.count("place_order") == 1
    order = await order_of(out, alert)
    assert order is not None
    assert order.state is OrderState.ACCEPTED


async def test_arming_and_what_became_of_it_are_in_the_audit_trail(
    out: Lookout, venue: Venue
) -> None:
    await armed(out)
    await fires_and_is_seen_to(out, venue)
    await out.house.supervisor.settled(timedelta(seconds=5))

    trail = AuditTrail(out.house.documents)
    walked = await AuditCheck(trail).chain(await out.house.audit.pseudonym(ANNA))
    assert walked.broken is None
    entries = await out.house.documents.find("audit", {}, limit=100)
    actions = [one["action"] for one in entries]
    assert {"alert_armed", "alert_order", "order"} <= set(actions)


# What stands in the way

Act = Callable[[Lookout, Venue], Awaitable[object]]


async def paused(out: Lookout, venue: Venue) -> None:
    await out.house.choose(paused=True)


async def suspended(out: Lookout, venue: Venue) -> None:
    await out.house.choose(suspended=True)


async def all_paused(out: Lookout, venue: Venue) -> None:
    pause = await out.house.stored_people.service_pause()
    assert await out.house.stored_people.save_service_pause(replace(pause, everybody=True))


async def broker_paused(out: Lookout, venue: Venue) -> None:
    pause = await out.house.stored_people.service_pause()
    changed = replace(pause, brokers=frozenset({EXCHANGE}))
    assert await out.house.stored_people.save_service_pause(changed)


async def sent_by_hand(out: Lookout, venue: Venue) -> None:
    await out.house.bought("10", limit="111")


async def opposite(out: Lookout, venue: Venue) -> None:
    venue.positions = (held(5, out.house.clock.now()),)
    await out.house.bought("5", side=Side.SELL, limit="115")


async def removed_link(out: Lookout, venue: Venue) -> None:
    (link,) = await out.house.accounts.links(ANNA)
    await out.house.stored_people.save_link(replace(link, removed=True))


async def dead_link(out: Lookout, venue: Venue) -> None:
    (link,) = await out.house.accounts.links(ANNA)
    await out.house.stored_people.save_link(replace(link, dead_since=out.house.clock.now()))


async def linked_anew(out: Lookout, venue: Venue) -> None:
    (link,) = await out.house.accounts.links(ANNA)
    await out.house.stored_people.save_link(replace(link, linked_at=out.house.clock.now()))


async def left_out(out: Lookout, venue: Venue) -> None:
    (link,) = await out.house.accounts.links(ANNA)
    excluded = frozenset(one.account_id for one in venue.accounts)
    await out.house.stored_people.save_link(replace(link, excluded=excluded))


async def disarmed(out: Lookout, venue: Venue) -> None:
    (alert,) = await out.stored.to_place(out.house.clock.now(), limit=5)
    _, order = await out.arming.disarm(ANNA, alert.alert_id)
    assert order is None


async def too_late(out: Lookout, venue: Venue) -> None:
    out.house.clock.advance(61)
    trades_at(venue, "110.50")


async def clock_set_back(out: Lookout, venue: Venue) -> None:
    out.house.desk.leaps.even_for()
    out.house.clock.leap(-30)


async def clock_set_forward(out: Lookout, venue: Venue) -> None:
    out.house.desk.leaps.even_for()
    out.house.clock.leap(20)


async def many_today(out: Lookout, venue: Venue) -> None:
    for number in range(1, 4):
        await out.house.bought(str(number))


def quoted(**changes: Any) -> Act:
    async def act(out: Lookout, venue: Venue) -> None:
        for name, value in changes.items():
            setattr(venue, name, value)

    return act


async def old_quote(out: Lookout, venue: Venue) -> None:
    venue.quoted_at = out.house.clock.now() - timedelta(seconds=90)


async def no_quote(out: Lookout, venue: Venue) -> None:
    venue.failing["quote"] = ApiError(broker=EXCHANGE)


async def no_positions(out: Lookout, venue: Venue) -> None:
    venue.failing["positions"] = ApiError(broker=EXCHANGE)


async def poor(out: Lookout, venue: Venue) -> None:
    venue.buying_power = Decimal(100)


async def other_steps(out: Lookout, venue: Venue) -> None:
    venue.rules = replace(venue.rules, quantity_step=Decimal(3), minimum_quantity=Decimal(3))


async def another_multiplier(out: Lookout, venue: Venue) -> None:
    venue.instruments = (replace(AAPL, multiplier=Decimal(10)),)


AGAINST = {
    "their own pause": (paused, "You have paused trading"),
    "the operator's pause of them": (suspended, "paused trading for you"),
    "the operator's pause of everybody": (all_paused, "for everybody"),
    "the operator's pause of the broker": (broker_paused, "paused trading at"),
    "the same order by hand": (sent_by_hand, "the same order"),
    "an order against it": (opposite, "against this one"),
    "the link removed": (removed_link, ""),
    "the link dead": (dead_link, "does not work"),
    "the link made anew": (linked_anew, "linked this account anew"),
    "the account left out": (left_out, "left out"),
    "disarmed": (disarmed, "disarmed"),
    "too late": (too_late, "within a minute"),
    "the clock set back": (clock_set_back, ""),
    "the clock set forward": (clock_set_forward, "clock"),
    "too many orders": (many_today, "Daily order limit"),
    "a price far above": (quoted(ask=Decimal(118), last=Decimal(118)), "collar"),
    "a price far below": (
        quoted(bid=Decimal(99), ask=Decimal(100), last=Decimal(100)),
        "",
    ),
    "a delayed quote": (quoted(delayed=True), "delayed"),
    "an old quote": (old_quote, "old"),
    "a crossed quote": (quoted(bid=Decimal(112)), "crossed"),
    "no prices": (quoted(bid=None, ask=None, last=None), "No quote"),
    "no quote": (no_quote, "No quote"),
    "no positions": (no_positions, ""),
    "a closed market": (quoted(market_open=False), "closed"),
    "too little money": (poor, "Insufficient funds"),
    "other steps": (other_steps, "other terms"),
    "another size of the contract": (another_multiplier, ""),
    "another symbol there": (quoted(instruments=()), "symbol"),
}


@pytest.mark.parametrize("case", AGAINST)
async def test_it_is_not_placed_and_its_person_is_told_why(
    build: Build, venue: Venue, case: str
) -> None:
    house = build(venue=venue, chosen=allowing(max_orders_per_day=3))
    await house.link()
    out = lookout(house)
    act, why = AGAINST[case]
    alert = await armed(out)
    await fires(out, venue)

    await act(out, venue)
    before = venue.count("place_order")
    await out.orders.sweep()
    venue.requests = [one for one in venue.requests if one != "place_order"]

    assert before in {0, 1, 3}  # what a case itself has sent by hand
    await nothing_was_sent(out, venue, alert, why)


@pytest.mark.parametrize(
    ("limits", "why"),
    [
        ({"max_order_value": Decimal(1000)}, "Order value"),
        ({"max_position_value": Decimal(1000)}, "Position size"),
        ({"denied_symbols": frozenset({"AAPL"})}, "list of symbols"),
        ({"max_daily_loss": Decimal(10)}, "Daily loss"),
        ({"max_concentration_percent": Decimal(1)}, "Concentration"),
        ({"alerts_may_trade": "off"}, "The operator has not allowed"),
    ],
    ids=["value", "position", "symbols", "loss", "concentration", "the setting"],
)
async def test_limits_of_the_moment_hold(
    build: Build, out: Lookout, venue: Venue, limits: dict[str, Any], why: str
) -> None:
    alert = await armed(out)
    venue.day_profit = Decimal(-50)
    stricter = lookout(build(venue=venue, chosen=allowing().model_copy(update=limits)))
    if "alerts_may_trade" in limits:
        stricter = lookout(build(venue=venue))
    await fires(stricter, venue)

    await stricter.orders.sweep()

    await nothing_was_sent(stricter, venue, alert, why)


@pytest.mark.parametrize("act", ["operator", "person"])
async def test_a_live_order_needs_both_switches_at_the_firing(
    build: Build, venue: Venue, act: str
) -> None:
    house = build(venue=venue, chosen=allowing(live_trading="on"))
    await live(house)
    out = lookout(house)
    alert = await armed(out)
    await fires(out, venue)

    seeing = out
    if act == "operator":
        seeing = lookout(build(venue=venue, chosen=allowing()))
    else:
        await house.choose(live=False)
    await seeing.orders.sweep()

    await nothing_was_sent(seeing, venue, alert, "switched live trading on")


async def test_a_sale_is_not_placed_while_paused_though_a_click_could_send_it(
    out: Lookout, venue: Venue, clock: ManualClock
) -> None:
    venue.positions = (held(10, clock.now()),)
    alert = await armed(out, side=Side.SELL, limit="109")
    await fires(out, venue)

    await out.house.choose(paused=True)
    await out.orders.sweep()

    await nothing_was_sent(out, venue, alert, "You have paused trading")


@pytest.mark.parametrize("there", ["0", "4", "-5"])
async def test_more_than_is_held_is_never_sold(
    out: Lookout, venue: Venue, clock: ManualClock, there: str
) -> None:
    venue.positions = (held(10, clock.now()),)
    alert = await armed(out, side=Side.SELL, limit="109")
    await fires(out, venue)

    venue.positions = (held(there, clock.now()),)
    await out.orders.sweep()

    await nothing_was_sent(out, venue, alert, "You hold")


async def test_a_defect_keeps_it_from_going_out_and_holds_up_nobody_else(
    out: Lookout, venue: Venue
) -> None:
    await out.house.link(BEN)
    mine, bens = await armed(out), await armed(out, BEN)
    await fires(out, venue)
    venue.failing["positions"] = RuntimeError("a defect")

    await out.orders.sweep()

    assert venue.count("place_order") == 0
    for alert in (mine, bens):
        present = await out.now(alert)
        assert present.placing is not None
        assert present.placing.why == "Something went wrong in the bot."


async def test_nothing_goes_out_for_whoever_is_to_be_erased(
    out: Lookout, venue: Venue, clock: ManualClock
) -> None:
    venue.positions = (held(10, clock.now()),)
    alert = await armed(out, side=Side.SELL, limit="109")
    await fires(out, venue)

    now = clock.now()
    await out.house.choose(leaving=Leaving(asked_at=now, erase_at=now + timedelta(days=7)))
    await out.orders.sweep()

    present = await out.now(alert)
    assert venue.count("place_order") == 0
    assert present.placing is not None
    assert "to be erased" in present.placing.why


# Servers


@pytest.mark.parametrize(
    ("rules", "why"),
    [
        ({"paused": True}, "managers have paused"),
        ({"suspended": True}, "paused trading in this server"),
        ({"roles": frozenset({"1"})}, "only a click shows"),
        ({"channels": frozenset({"1"})}, "only a click shows"),
        ({"brokers": frozenset({"kraken"})}, "does not allow orders at"),
    ],
    ids=["paused", "suspended", "roles", "channels", "brokers"],
)
async def test_the_rules_of_its_server_hold_at_the_firing(
    out: Lookout, venue: Venue, rules: dict[str, Any], why: str
) -> None:
    alert = await armed(out, by=caller(guild_id=SERVER))
    await fires(out, venue)

    await out.house.rule(**rules)
    await out.orders.sweep()

    await nothing_was_sent(out, venue, alert, why)


async def test_an_open_server_stands_in_nobodys_way(out: Lookout, venue: Venue) -> None:
    await out.house.rule()
    await armed(out, by=caller(guild_id=SERVER))

    await fires_and_is_seen_to(out, venue)

    assert venue.count("place_order") == 1


# Its end


async def test_what_fires_after_a_week_is_not_placed(
    out: Lookout, venue: Venue, clock: ManualClock
) -> None:
    alert = await armed(out)
    clock.advance(LONGEST.total_seconds())
    await fires(out, venue)

    await nothing_was_sent(out, venue, alert, "a shorter time")


async def test_what_fires_before_it_was_armed_is_not_placed(
    out: Lookout, venue: Venue, clock: ManualClock
) -> None:
    alert = await armed(out)
    clock.leap(-3600)
    await fires(out, venue)

    await nothing_was_sent(out, venue, alert, "set back")


async def test_two_alike_are_one_order(out: Lookout, venue: Venue) -> None:
    await armed(out)
    await armed(out, price="110.10")

    await fires_and_is_seen_to(out, venue)

    assert venue.count("place_order") == 1
    assert sorted(str(one.stage) for one in out.told) == [Stage.NOT_SENT, Stage.SENT]


async def test_each_person_has_their_own(out: Lookout, venue: Venue) -> None:
    await out.house.link(BEN)
    mine, bens = await armed(out), await armed(out, BEN)
    await out.house.choose(BEN, paused=True)

    await fires_and_is_seen_to(out, venue)

    assert (await out.now(mine)).stage is Stage.SENT
    assert (await out.now(bens)).stage is Stage.NOT_SENT


async def test_one_that_is_not_armed_only_tells(out: Lookout, venue: Venue) -> None:
    alert = await out.alert(**ORDER)
    asked = await out.arming.ask(caller(), alert.alert_id)
    assert asked.stage is Stage.ASKED

    await fires_and_is_seen_to(out, venue)

    assert venue.count("place_order") == 0
    (told,) = out.told
    assert (told.stage, told.standing) == (None, Standing.DONE)
