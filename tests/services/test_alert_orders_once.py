"""An armed order goes out once, whatever ends, hangs, repeats or comes between."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from floorbroker.domain.errors import NotSent, PolicyRefused, StoreUnavailable
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.placing import Stage
from floorbroker.services.alert_orders import CLAIM
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import Venue
from tests.fakes.flaky_documents import FlakyDocuments
from tests.floor import ANNA, EXCHANGE, House, caller
from tests.services.armed import allowing, armed, fires, fires_and_is_seen_to, order_of
from tests.services.conftest import Build
from tests.services.own_alerts import A_LOOK, Lookout, lookout, trades_at

LAPSES = CLAIM.total_seconds() + 1


@pytest.fixture
def house(build: Build, venue: Venue) -> House:
    return build(venue=venue, chosen=allowing())


@pytest.fixture
async def out(house: House) -> Lookout:
    """Anna has one account, at the exchange."""
    await house.link()
    return lookout(house)


@pytest.fixture
def other(build: Build, venue: Venue) -> Lookout:
    """Another process on the same store."""
    return lookout(build(venue=venue, chosen=allowing()))


async def waits_at(
    step: str, out: Lookout, venue: Venue, gate: asyncio.Event
) -> "asyncio.Task[int]":
    """A process that sees to what is due, and has come to this call; it goes on with the gate."""
    venue.blocked[step] = gate
    seen = venue.count(step)
    seeing = asyncio.create_task(out.orders.sweep())
    await venue.heard(step, seen + 1)
    for _ in range(3):
        await asyncio.sleep(0)  # from the call to the gate
    return seeing


# Several processes


async def test_two_processes_at_once_send_one(
    out: Lookout, other: Lookout, venue: Venue, clock: ManualClock
) -> None:
    alert = await armed(out)
    trades_at(venue, "110.50")
    clock.advance(A_LOOK)

    await asyncio.gather(out.prices.sweep(), other.prices.sweep())
    for _ in range(4):
        await asyncio.gather(out.orders.sweep(), other.orders.sweep())
        clock.advance(LAPSES)
    await asyncio.gather(out.telling.sweep(), other.telling.sweep())

    assert venue.count("place_order") == 1
    assert (await out.now(alert)).stage is Stage.SENT
    assert len(out.told) + len(other.told) == 1


@pytest.mark.parametrize("step", ["quote", "positions", "instrument_rules", "place_order"])
async def test_one_that_is_held_up_and_one_that_goes_on_send_one(
    out: Lookout, other: Lookout, venue: Venue, clock: ManualClock, step: str
) -> None:
    """The first process comes back when its claim has lapsed and the other has had its turn."""
    alert = await armed(out)
    await fires(out, venue)
    gate = asyncio.Event()
    first = await waits_at(step, out, venue, gate)
    del venue.blocked[step]
    clock.advance(LAPSES)

    await other.orders.sweep()
    gate.set()
    await first
    for _ in range(3):
        await asyncio.gather(out.orders.sweep(), other.orders.sweep())
        clock.advance(LAPSES)

    assert venue.count("place_order") == 1
    assert (await out.now(alert)).stage is Stage.SENT


async def test_one_that_is_held_up_sends_nothing_once_its_person_was_told_so(
    out: Lookout, other: Lookout, venue: Venue, clock: ManualClock
) -> None:
    alert = await armed(out)
    await fires(out, venue)
    gate = asyncio.Event()
    first = await waits_at("positions", out, venue, gate)
    del venue.blocked["positions"]
    clock.advance(70)
    await other.orders.sweep()
    await other.telling.sweep()
    (told,) = other.told
    assert told.stage is Stage.NOT_SENT

    gate.set()
    await first

    assert venue.count("place_order") == 0
    order = await order_of(out, alert)
    assert order is not None
    assert order.state is OrderState.LAPSED


async def test_a_broker_that_hangs_holds_it_up_no_longer_than_it_may(
    build: Build, venue: Venue, clock: ManualClock
) -> None:
    house = build(venue=venue, chosen=allowing())
    await house.link()
    out = lookout(house, attempt_seconds=0.05)
    alert = await armed(out)
    await fires(out, venue)
    gate = venue.blocked["positions"] = asyncio.Event()

    await out.orders.sweep()
    gate.set()
    await out.telling.sweep()

    (told,) = out.told
    assert told.placing is not None
    assert "did not answer in time" in told.placing.why
    assert venue.count("place_order") == 0
    order = await order_of(out, alert)
    assert order is not None
    assert order.state is OrderState.LAPSED


async def test_an_answer_that_is_late_is_of_an_order_that_was_sent(
    build: Build, venue: Venue, clock: ManualClock
) -> None:
    house = build(venue=venue, chosen=allowing())
    await house.link()
    out = lookout(house, attempt_seconds=0.2)
    alert = await armed(out)
    await fires(out, venue)
    venue.blocked["place_order"] = asyncio.Event()

    await out.orders.sweep()

    assert (await out.now(alert)).stage is Stage.SENT
    venue.blocked.pop("place_order").set()


# A process that ends


async def test_what_ends_before_its_claim_is_seen_to_by_the_next(
    out: Lookout, other: Lookout, venue: Venue, clock: ManualClock
) -> None:
    alert = await armed(out)
    await fires(out, venue)
    clock.advance(30)

    await other.orders.sweep()

    assert venue.count("place_order") == 1
    assert (await out.now(alert)).stage is Stage.SENT


@pytest.mark.parametrize("late", [False, True], ids=["in time", "too late"])
@pytest.mark.parametrize("with_draft", [False, True], ids=["no draft", "a draft"])
async def test_what_ends_with_its_claim_goes_out_within_a_minute_or_never(
    out: Lookout, other: Lookout, venue: Venue, clock: ManualClock, *, late: bool, with_draft: bool
) -> None:
    alert = await armed(out)
    await fires(out, venue)
    (due,) = await out.stored.to_place(clock.now(), limit=5)
    held = await out.stored.advance(due, replace(due, place_at=clock.now() + CLAIM))
    assert held is not None
    assert held.placing is not None
    if with_draft:
        by = caller(origin_key=held.placing.origin_key(held.alert_id))
        await out.house.draft(by, quantity="10", limit="111")

    clock.advance(61 if late else LAPSES)
    await other.orders.sweep()
    await other.orders.sweep()

    assert venue.count("place_order") == (0 if late else 1)
    assert (await out.now(alert)).stage is (Stage.NOT_SENT if late else Stage.SENT)


async def test_what_ends_after_it_was_sent_is_told_as_sent_however_late(
    out: Lookout, other: Lookout, store: FlakyDocuments, venue: Venue, clock: ManualClock
) -> None:
    alert = await armed(out)
    await fires(out, venue)
    store.fail("replace", "alerts", skip=1)
    with pytest.raises(StoreUnavailable):
        await out.orders.sweep()
    store.recover()
    assert venue.count("place_order") == 1
    clock.advance(3600)

    await other.orders.sweep()
    await other.telling.sweep()

    (told,) = other.told
    assert (told.stage, venue.count("place_order")) == (Stage.SENT, 1)
    assert (await out.now(alert)).place_at is None


# A store that fails


@pytest.mark.parametrize(
    ("operation", "collection"),
    [
        ("find", "orders"),
        ("insert", "orders"),
        ("replace", "orders"),
        ("get", "alerts"),
        ("replace", "alerts"),
        ("get", "users"),
    ],
)
@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("skip", [0, 1])
async def test_a_store_that_fails_once_makes_no_second_order(
    out: Lookout,
    other: Lookout,
    store: FlakyDocuments,
    venue: Venue,
    clock: ManualClock,
    *,
    operation: str,
    collection: str,
    done: bool,
    skip: int,
) -> None:
    alert = await armed(out)
    await fires(out, venue)
    store.fail(operation, collection, skip=skip, times=1, done=done)

    for process in (out, other, out, other):
        try:
            await process.orders.sweep()
        except StoreUnavailable:
            store.recover()
        clock.advance(LAPSES)
        await process.house.reconciler.sweep()

    present, order = await out.now(alert), await order_of(out, alert)
    assert venue.count("place_order") <= 1
    assert order is not None
    assert present.place_at is None
    sent = order.state not in {OrderState.LAPSED, OrderState.DRAFT}
    assert (present.stage is Stage.SENT) == sent
    assert venue.count("place_order") == (order.state is OrderState.ACCEPTED)


# Disarmed meanwhile


@pytest.mark.parametrize("step", ["positions", "instrument_rules", "balances"])
@pytest.mark.parametrize("way", ["disarm", "remove"])
async def test_disarmed_while_it_is_looked_at_means_disarmed(
    out: Lookout, venue: Venue, step: str, way: str
) -> None:
    alert = await armed(out)
    await fires(out, venue)
    gate = asyncio.Event()
    seeing = await waits_at(step, out, venue, gate)

    if way == "disarm":
        _, order = await out.arming.disarm(ANNA, alert.alert_id)
        assert order is None
    else:
        await out.own.remove(ANNA, alert.alert_id)
    gate.set()
    await seeing

    assert venue.count("place_order") == 0


async def test_disarmed_too_late_says_that_it_was_sent(out: Lookout, venue: Venue) -> None:
    alert = await armed(out)
    await fires(out, venue)
    gate = asyncio.Event()
    seeing = await waits_at("place_order", out, venue, gate)

    _, order = await out.arming.disarm(ANNA, alert.alert_id)
    with pytest.raises(PolicyRefused, match="sent at this moment"):
        await out.own.remove(ANNA, alert.alert_id)
    gate.set()
    await seeing

    assert order is not None
    assert venue.count("place_order") == 1


async def test_disarmed_at_the_moment_of_its_firing_is_one_of_the_two(
    out: Lookout, store: FlakyDocuments, venue: Venue, clock: ManualClock
) -> None:
    alert = await armed(out)
    trades_at(venue, "110.50")
    clock.advance(A_LOOK)

    async def disarms() -> None:
        await out.arming.disarm(ANNA, alert.alert_id)

    store.before["replace", "alerts"] = disarms
    await out.prices.sweep()
    await fires_and_is_seen_to(out, venue)

    assert venue.count("place_order") == 0
    assert (await out.now(alert)).stage in {None, Stage.NOT_SENT}


async def test_a_pause_at_the_last_moment_is_in_time(out: Lookout, venue: Venue) -> None:
    alert = await armed(out)
    await fires(out, venue)
    gate = asyncio.Event()
    seeing = await waits_at("quote", out, venue, gate)

    await out.house.choose(paused=True)
    gate.set()
    await seeing

    assert venue.count("place_order") == 0
    present = await out.now(alert)
    assert present.placing is not None
    assert "paused" in present.placing.why


async def test_a_process_that_ends_leaves_it_to_another(
    out: Lookout, other: Lookout, venue: Venue, clock: ManualClock
) -> None:
    alert = await armed(out)
    await fires(out, venue)
    gate = asyncio.Event()
    seeing = await waits_at("positions", out, venue, gate)
    out.house.supervisor.draining = True
    gate.set()
    await seeing
    assert venue.count("place_order") == 0

    clock.advance(LAPSES)
    await other.orders.sweep()

    assert venue.count("place_order") == 1
    assert (await out.now(alert)).stage is Stage.SENT


async def test_removed_at_the_moment_of_its_firing_is_one_of_the_two(
    out: Lookout, store: FlakyDocuments, venue: Venue, clock: ManualClock
) -> None:
    """The order has gone out between the look at the alert and its removal."""
    alert = await armed(out)

    async def fires_meanwhile() -> None:
        await fires(out, venue)
        await out.orders.sweep()

    store.before["delete", "alerts"] = fires_meanwhile
    with pytest.raises(PolicyRefused, match="sent at this moment"):
        await out.own.remove(ANNA, alert.alert_id)
    await out.telling.sweep()

    assert venue.count("place_order") == 1
    assert [one.stage for one in out.told] == [Stage.SENT]


async def test_removed_while_it_is_drafted_means_removed(
    out: Lookout, store: FlakyDocuments, venue: Venue, clock: ManualClock
) -> None:
    """It was armed at the look, and is due and drafted by another process at the removal."""
    alert = await armed(out)
    gate = asyncio.Event()
    seeing: list[asyncio.Task[int]] = []

    async def is_due_meanwhile() -> None:
        await fires(out, venue)
        seeing.append(await waits_at("quote", out, venue, gate))

    store.before["delete", "alerts"] = is_due_meanwhile
    await out.own.remove(ANNA, alert.alert_id)
    gate.set()
    await seeing[0]

    assert venue.count("place_order") == 0


# What never left


async def test_what_never_left_is_told_as_not_placed(out: Lookout, venue: Venue) -> None:
    alert = await armed(out)
    venue.failing["place_order"] = NotSent("The line to the broker is down.", broker=EXCHANGE)

    await fires_and_is_seen_to(out, venue)

    (told,) = out.told
    assert told.placing is not None
    assert (told.stage, told.placing.why) == (Stage.NOT_SENT, "The line to the broker is down.")
    assert told.reviewable(out.house.clock.now())
    order = await order_of(out, alert)
    assert order is not None
    assert order.state is OrderState.NOT_PLACED


async def test_what_never_left_is_not_told_as_sent_by_disarm(
    out: Lookout, store: FlakyDocuments, venue: Venue
) -> None:
    alert = await armed(out)
    venue.failing["place_order"] = NotSent(broker=EXCHANGE)
    await fires(out, venue)
    store.fail("replace", "alerts", skip=1)  # the process ends before it has noted it
    with pytest.raises(StoreUnavailable):
        await out.orders.sweep()
    store.recover()
    assert (await out.now(alert)).stage is Stage.DUE

    _, gone = await out.arming.disarm(ANNA, alert.alert_id)

    assert gone is None


# At the last moment


async def test_an_account_that_is_left_out_at_the_last_moment_is_left_out(
    out: Lookout, venue: Venue
) -> None:
    alert = await armed(out)
    await fires(out, venue)
    gate = asyncio.Event()
    seeing = await waits_at("quote", out, venue, gate)

    (link,) = await out.house.accounts.links(ANNA)
    accounts = frozenset(one.account_id for one in venue.accounts)
    await out.house.stored_people.save_link(replace(link, excluded=accounts))
    gate.set()
    await seeing

    assert venue.count("place_order") == 0
    present = await out.now(alert)
    assert present.placing is not None
    assert "left out" in present.placing.why


async def test_a_quote_that_grows_old_while_the_store_hangs_places_nothing(
    out: Lookout, store: FlakyDocuments, venue: Venue, clock: ManualClock
) -> None:
    alert = await armed(out)
    await fires(out, venue)
    venue.quoted_at = clock.now() - timedelta(seconds=50)

    async def hangs() -> None:
        clock.advance(15)

    store.before["get", "alerts"] = hangs  # the last look reads the alert after the quote
    await out.orders.sweep()

    assert venue.count("place_order") == 0
    present = await out.now(alert)
    assert present.placing is not None
    assert "old" in present.placing.why


# One after the other


async def two_due(out: Lookout, venue: Venue, by: str = "11") -> None:
    await armed(out)
    await armed(out, quantity=by)
    await fires(out, venue)


async def test_a_round_begins_nothing_that_could_outlast_its_turn(
    out: Lookout, other: Lookout, venue: Venue, clock: ManualClock
) -> None:
    """Else another process would judge the second order of a person beside the first one."""
    await two_due(out, venue)
    gate = asyncio.Event()
    seeing = await waits_at("positions", out, venue, gate)
    clock.advance(11)
    gate.set()
    await seeing
    assert venue.count("place_order") == 1

    await other.orders.sweep()  # at once: the turn was given back

    assert venue.count("place_order") == 2
