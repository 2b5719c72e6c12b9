"""The day's loss: by the broker's figure, else since the first look, and never taken for none."""

from datetime import timedelta
from decimal import Decimal

import pytest

from floorbroker.domain.error_codes import ErrorCode
from floorbroker.domain.errors import BrokerConnectionError, LimitExceeded, Paused
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.own_limits import OwnLimits, StandingLimits
from floorbroker.storage.documents import Documents
from floorbroker.storage.snapshots import Snapshots
from tests.fakes.clock import NOON, ManualClock
from tests.fakes.exchange.venue import ACCOUNT, Venue, held
from tests.fakes.flaky_documents import FlakyDocuments
from tests.floor import ANNA, House, caller
from tests.services.conftest import Build

D = Decimal
A_DAY = timedelta(days=1)


@pytest.fixture
async def house(build: Build, venue: Venue) -> House:
    """Anna may lose 500 a day; her account is worth 100,000."""
    house = build(venue=venue)
    await house.link()
    limits = StandingLimits(now=OwnLimits(max_daily_loss=D(500)))
    await house.choose(ANNA, limits=limits)
    return house


async def refused(house: House) -> str:
    with pytest.raises(LimitExceeded) as refusal:
        await house.draft()
    assert refusal.value.code is ErrorCode.DAILY_LOSS_LIMIT
    return refusal.value.message


async def test_the_brokers_own_figure_counts(house: House, venue: Venue) -> None:
    venue.day_profit = D("-499.99")
    assert (await house.draft()).state is OrderState.DRAFT

    venue.day_profit = D("-500")

    assert await refused(house) == (
        "Daily loss limit reached ($500.00 of $500.00, your own; by your broker's figure)"
    )


async def test_without_it_the_loss_since_the_days_first_look_counts(
    house: House, venue: Venue, clock: ManualClock
) -> None:
    assert (await house.draft()).state is OrderState.DRAFT
    clock.advance(3600)
    venue.equity = D("99500.01")
    near = await house.draft()

    venue.equity = D(99_500)
    words = await refused(house)

    assert "$500.00 of $500.00, your own; since this bot's first look today" in words
    assert "12:00 in New York" in words
    assert near.review.notes == (
        "Today's loss is near its limit: $499.99 of $500.00 (your own limit).",
        "Your broker tells no day's loss: it is counted since this bot's first look today, "
        "12:00 in New York.",
    )


async def test_a_card_says_since_when_the_loss_is_counted(house: House, venue: Venue) -> None:
    by_look = await house.draft()
    venue.day_profit = D(0)
    by_broker = await house.draft()

    assert any("since this bot's first look today" in note for note in by_look.review.notes)
    assert by_broker.review.notes == ()


async def test_the_next_day_of_the_exchange_begins_anew(
    house: House, venue: Venue, clock: ManualClock
) -> None:
    await house.draft()
    venue.equity = D(99_000)
    await refused(house)
    clock.advance(12 * 3600 - 1)  # the last second before midnight in New York
    await refused(house)

    clock.advance(1)

    assert (await house.draft()).state is OrderState.DRAFT


async def test_the_first_look_is_remembered_by_another_process(
    house: House, build: Build, venue: Venue
) -> None:
    await house.draft()
    venue.equity = D(99_000)

    await refused(build(venue=venue))


async def test_the_first_look_is_found_again_whatever_the_brokers_clock_says(
    house: House, documents: Documents
) -> None:
    draft = await house.draft()

    [look] = await Snapshots(documents).since(ANNA, draft.link_id, ACCOUNT.account_id, NOON)

    assert look.at == NOON
    assert look.value.amount == 100_000


async def test_an_account_in_another_currency_is_refused_and_says_why(
    house: House, venue: Venue
) -> None:
    venue.currency, venue.day_profit = "EUR", D(10)

    words = await refused(house)

    assert words.startswith("Today's loss cannot be checked (the account is in EUR")


async def test_a_loss_since_the_review_stops_the_order(house: House, venue: Venue) -> None:
    draft = await house.draft()
    venue.equity = D(99_000)

    with pytest.raises(LimitExceeded, match="Daily loss limit reached"):
        await house.confirm(draft)

    assert venue.count("place_order") == 0


async def test_an_order_whose_loss_cannot_be_read_at_confirm_is_not_sent(
    house: House, venue: Venue
) -> None:
    draft = await house.draft()
    venue.failing["balances"] = BrokerConnectionError(broker="alpaca")

    with pytest.raises(BrokerConnectionError):
        await house.confirm(draft)

    assert venue.count("place_order") == 0
    assert (await house.stored(draft)).state is OrderState.DRAFT


async def test_a_close_is_sent_though_the_loss_cannot_be_read(house: House, venue: Venue) -> None:
    venue.positions = (held(10, house.clock.now()),)
    draft = await house.drafts.draft_close(caller(), "AAPL", None, None)
    venue.failing["balances"] = BrokerConnectionError(broker="alpaca")

    await house.confirm(draft)

    assert venue.count("place_order") == 1


async def test_a_pause_that_is_set_while_the_loss_is_read_holds(
    house: House, venue: Venue, store: FlakyDocuments
) -> None:
    draft = await house.draft()

    async def pause() -> None:
        await house.choose(ANNA, paused=True)

    store.before["find", "snapshots"] = pause

    with pytest.raises(Paused):
        await house.confirm(draft)

    assert venue.count("place_order") == 0


async def test_without_the_limit_nothing_is_looked_up_or_written(
    build: Build, venue: Venue, store: FlakyDocuments
) -> None:
    house = build(venue=venue)
    await house.link()
    store.calls.clear()

    await house.confirm(await house.draft())

    assert not [call for call in store.calls if call[1] == "snapshots"]


async def test_another_accounts_loss_is_not_this_ones(house: House, venue: Venue) -> None:
    await house.draft()
    await house.link(name="second")
    venue.equity = D(99_000)
    second = f"second-{ANNA}"

    (other,) = [
        one for one in (await house.accounts.accounts(ANNA))[0] if one.link.link_id == second
    ]

    assert (await house.draft(caller(), account=other.value)).state is OrderState.DRAFT
    await refused(house)
