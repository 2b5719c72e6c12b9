"""What an alert has seen reaches its person: once, in their hours, or at their next command."""

import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest

from floorbroker.domain.errors import DraftExpired, StoreUnavailable
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import OrderType, Side
from floorbroker.domain.own_alerts import REVIEWABLE, OwnAlert
from floorbroker.domain.quiet_hours import parse_quiet_hours
from floorbroker.services.alert_telling import HOLD
from floorbroker.services.alert_wishes import Wishes
from floorbroker.storage.own_alerts import UNSEEN_FOR
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import Venue
from tests.fakes.flaky_documents import FlakyDocuments
from tests.fakes.messenger import RecordingMessenger
from tests.floor import ANNA, BEN, House, caller
from tests.services.conftest import Build
from tests.services.own_alerts import Lookout, lookout, trades_at


@pytest.fixture
def house(build: Build, venue: Venue) -> House:
    return build(venue=venue)


@pytest.fixture
def other(build: Build, venue: Venue) -> Lookout:
    """Another process on the same store."""
    return lookout(build(venue=venue))


@pytest.fixture
async def out(house: House) -> Lookout:
    """Anna has one account, at the exchange."""
    await house.link()
    return lookout(house)


async def _fired(out: Lookout, venue: Venue, **wishes: object) -> OwnAlert:
    """Seen, and not told yet."""
    alert = await out.alert(**wishes)  # type: ignore[arg-type]  # whatever a test wishes
    trades_at(venue, "120")
    out.house.clock.advance(16)
    await out.prices.sweep()
    return await out.now(alert)


class _Hanging(RecordingMessenger):
    """A Discord that does not answer."""

    def __init__(self) -> None:
        super().__init__()
        self.begun = asyncio.Event()

    async def tell_alert(self, alert: OwnAlert) -> bool:
        self.begun.set()
        await asyncio.Event().wait()
        return True


async def test_two_processes_at_once_tell_it_once(
    out: Lookout, other: Lookout, venue: Venue
) -> None:
    await _fired(out, venue)

    await asyncio.gather(*(one.telling.sweep() for one in (out, other) * 3))

    assert len([*out.told, *other.told]) == 1


async def test_a_process_that_died_while_it_told_is_followed_by_another(
    out: Lookout, other: Lookout, venue: Venue, clock: ManualClock
) -> None:
    await _fired(out, venue)
    discord = _Hanging()
    dying = asyncio.create_task(out.telling_by(discord).sweep())
    await discord.begun.wait()
    dying.cancel()
    await other.telling.sweep()
    assert other.told == []

    clock.advance(HOLD.total_seconds())
    await other.telling.sweep()

    assert len(other.told) == 1


@pytest.mark.parametrize("done", [False, True], ids=["not stored", "answer lost"])
async def test_a_claim_that_fails_tells_nothing_yet(
    out: Lookout, venue: Venue, store: FlakyDocuments, clock: ManualClock, done: bool
) -> None:
    await _fired(out, venue)
    store.fail("replace", "alerts", times=1, done=done)
    with pytest.raises(StoreUnavailable):
        await out.telling.sweep()
    assert out.told == []

    clock.advance(HOLD.total_seconds())
    await out.telling.sweep()

    assert len(out.told) == 1


async def test_a_note_that_fails_after_sending_repeats_the_same_message_and_no_other(
    out: Lookout, venue: Venue, store: FlakyDocuments, clock: ManualClock
) -> None:
    await _fired(out, venue)
    store.fail("replace", "alerts", skip=1, times=1)
    with pytest.raises(StoreUnavailable):
        await out.telling.sweep()

    for _ in range(3):
        clock.advance(HOLD.total_seconds())
        await out.telling.sweep()

    first, second = out.told  # Discord makes one of them: same alert, same number, same nonce
    assert (first.alert_id, first.times) == (second.alert_id, second.times)


async def test_a_store_that_fails_for_one_does_not_keep_the_others_from_hearing(
    out: Lookout, house: House, venue: Venue, store: FlakyDocuments
) -> None:
    await house.link(BEN, name="his")
    await out.alert()
    await _fired(out, venue, user_id=BEN)
    store.fail("get", "users", times=1)

    with pytest.raises(StoreUnavailable):
        await out.telling.sweep()

    assert len(out.told) == 1


async def test_with_direct_messages_closed_it_waits_for_the_next_command_and_is_shown_once(
    out: Lookout, house: House, venue: Venue
) -> None:
    await _fired(out, venue)
    house.messenger.dm_open = False
    await out.telling.sweep()
    await out.telling.sweep()

    (missed,) = await out.own.unseen(ANNA, most=5)
    await out.own.seen([missed])

    assert missed.times == 1
    assert (await out.now(missed)).told == 1
    assert await out.own.unseen(ANNA, most=5) == []
    assert await out.own.unseen(BEN, most=5) == []


async def test_a_discord_that_cannot_be_reached_is_tried_again(
    out: Lookout, house: House, venue: Venue, clock: ManualClock
) -> None:
    await _fired(out, venue)
    house.messenger.broken = True
    with pytest.raises(ConnectionResetError):
        await out.telling.sweep()
    house.messenger.broken = False

    clock.advance(HOLD.total_seconds())
    await out.telling.sweep()

    assert len(out.told) == 1
    assert await out.own.unseen(ANNA, most=5) == []


async def test_the_same_interaction_delivered_twice_sets_one_alert(out: Lookout) -> None:
    by = caller(origin_key="the same")

    first, second = [
        await out.setting.price(by, "AAPL", "110", above=True, wishes=Wishes()) for _ in range(2)
    ]

    assert first == second
    assert await out.own.of(ANNA) == [first]


async def test_what_nobody_has_seen_waits_for_a_month(
    out: Lookout, house: House, venue: Venue, clock: ManualClock
) -> None:
    await _fired(out, venue)
    house.messenger.dm_open = False
    await out.telling.sweep()
    clock.advance((REVIEWABLE + UNSEEN_FOR).total_seconds() - 1)

    await out.telling.sweep()

    assert len(await out.own.unseen(ANNA, most=5)) == 1


async def test_in_quiet_hours_it_waits_for_their_end_and_keeps_its_time(
    out: Lookout, house: House, venue: Venue, clock: ManualClock
) -> None:
    await house.choose(quiet=parse_quiet_hours("11:00", "13:30", "America/New_York"))
    fired_at = clock.now() + timedelta(seconds=16)
    await _fired(out, venue)
    for _ in range(4):
        await out.telling.sweep()
        clock.advance(20 * 60)
    assert out.told == []

    clock.advance(20 * 60)
    await out.telling.sweep()
    await out.telling.sweep()

    (told,) = out.told
    assert told.firing is not None
    assert told.firing.at == fired_at


@pytest.mark.parametrize("off", [True, False], ids=["none", "others"])
async def test_what_waits_for_quiet_hours_is_told_at_once_when_they_are_over_by_choice(
    out: Lookout, venue: Venue, off: bool
) -> None:
    await out.own.set_quiet(ANNA, "11:00", "20:00", "America/New_York")
    await _fired(out, venue)
    await out.telling.sweep()
    assert out.told == []

    if off:
        await out.own.end_quiet(ANNA)
    else:
        await out.own.set_quiet(ANNA, "22:00", "23:00", "America/New_York")
    await out.telling.sweep()

    assert len(out.told) == 1


async def test_one_that_repeats_in_quiet_hours_is_told_once_with_the_last_time(
    out: Lookout, house: House, venue: Venue, clock: ManualClock
) -> None:
    await house.choose(quiet=parse_quiet_hours("11:00", "15:00", "America/New_York"))
    await out.alert(repeat=True)
    for price in ("110", "100", "111"):
        trades_at(venue, price)
        clock.advance(20 * 60)
        await out.looks()
    clock.advance(3 * 3600)

    await out.telling.sweep()

    (told,) = out.told
    assert told.times == 2


async def test_a_clock_that_leapt_forgets_nothing(
    out: Lookout, venue: Venue, clock: ManualClock
) -> None:
    alert = await out.alert()
    await out.telling.sweep()

    clock.leap(40 * 86_400)
    await out.telling.sweep()
    clock.leap(-40 * 86_400)

    assert (await out.now(alert)).alert_id == alert.alert_id


async def test_whoever_is_erased_meanwhile_is_told_nothing(
    out: Lookout, house: House, venue: Venue, store: FlakyDocuments
) -> None:
    alert = await _fired(out, venue)

    async def erased() -> None:
        await house.documents.delete("alerts", {"user_id": ANNA})

    store.before["get", "alerts"] = erased
    await out.telling.sweep()

    assert out.told == []
    assert await out.stored.get(ANNA, alert.alert_id) is None


# The order that it carries


async def test_its_order_is_drafted_anew_each_time_and_never_sent(
    out: Lookout, house: House, venue: Venue
) -> None:
    alert = await _fired(out, venue, side=Side.BUY, quantity="3", limit="121.50")
    assert venue.count("place_order") == 0

    order = await out.own.draft(caller(), alert.alert_id)

    assert (order.state, order.user_id, order.request.type) == (
        OrderState.DRAFT,
        ANNA,
        OrderType.LIMIT,
    )
    assert (order.request.quantity, order.request.limit_price) == (Decimal(3), Decimal("121.50"))
    assert venue.count("place_order") == 0


async def test_before_it_fires_there_is_nothing_to_review_and_a_week_later_no_more(
    out: Lookout, venue: Venue, clock: ManualClock
) -> None:
    waiting = await out.alert(price="900", side=Side.BUY, quantity="1")
    with pytest.raises(DraftExpired):
        await out.own.draft(caller(), waiting.alert_id)
    alert = await _fired(out, venue, side=Side.BUY, quantity="3")
    with pytest.raises(DraftExpired):
        await out.own.draft(caller(BEN), alert.alert_id)

    clock.advance(7 * 86_400)

    with pytest.raises(DraftExpired):
        await out.own.draft(caller(), alert.alert_id)
