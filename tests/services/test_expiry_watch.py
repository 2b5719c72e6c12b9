"""Contracts that expire soon are told once each, by their days at the exchange."""

from datetime import date
from decimal import Decimal

import pytest

from floorbroker.domain.errors import BrokerConnectionError, InvalidInput
from floorbroker.domain.instruments import AssetClass, Instrument, OptionRight
from floorbroker.domain.own_alerts import OwnAlert
from floorbroker.services.alert_wishes import Wishes
from tests.fakes.clock import NOON, ManualClock
from tests.fakes.exchange.venue import AAPL, Venue, held
from tests.floor import ANNA, House, caller
from tests.services.conftest import Build
from tests.services.own_alerts import Lookout, lookout

DAY = 86_400


def contract(symbol: str, expiry: date) -> Instrument:
    return Instrument(
        symbol=symbol,
        asset_class=AssetClass.OPTION,
        name=f"AAPL {expiry:%d %b} 100 call",
        multiplier=Decimal(100),
        underlying="AAPL",
        expiry=expiry,
        strike=Decimal(100),
        right=OptionRight.CALL,
    )


SOON = contract("AAPLSOON", date(2026, 3, 8))
LATE = contract("AAPLLATE", date(2026, 6, 19))


@pytest.fixture
def house(build: Build, venue: Venue) -> House:
    return build(venue=venue)


@pytest.fixture
async def out(house: House, venue: Venue) -> Lookout:
    await house.link()
    venue.instruments = (AAPL, SOON, LATE)
    return lookout(house)


async def _set(out: Lookout, days: int, symbol: str | None = None) -> OwnAlert:
    return await out.setting.expiry(caller(), days, Wishes(days=60), symbol)


async def _days_pass(out: Lookout, number: int) -> None:
    for _ in range(number):
        out.house.clock.advance(DAY)
        await out.expiries.sweep()
        await out.telling.sweep()


async def test_what_an_account_holds_is_told_so_many_days_before(
    out: Lookout, venue: Venue
) -> None:
    venue.positions = (held(1, NOON, SOON), held(1, NOON, LATE), held(1, NOON))
    await _set(out, 3)
    await out.expiries.sweep()
    await out.telling.sweep()
    assert out.told == []

    await _days_pass(out, 6)

    (told,) = out.told
    assert told.firing is not None
    assert told.firing.lines == ("AAPL 08 Mar 100 call expires in 3 days, on 2026-03-08.",)


async def test_what_comes_near_right_after_one_that_was_told_is_told_too(
    out: Lookout, venue: Venue
) -> None:
    await _set(out, 3)
    for number, day in enumerate((8, 9, 10), start=1):
        near = contract(f"AAPL{day}", date(2026, 3, day))
        venue.positions = (*venue.positions, held(1, NOON, near))
        await _days_pass(out, 1 if number > 1 else 2)

    assert [told.times for told in out.told] == [1, 2, 3]


async def test_one_contract_needs_no_broker(out: Lookout, venue: Venue) -> None:
    await _set(out, 3, "AAPLSOON")
    asked = len(venue.requests)

    await _days_pass(out, 3)

    assert len(out.told) == 1
    assert len(venue.requests) == asked
    assert await out.own.of(ANNA) == []


@pytest.mark.parametrize(("days", "words"), [(0, "today"), (1, "tomorrow")])
async def test_the_last_days_have_names(out: Lookout, days: int, words: str) -> None:
    await _set(out, days, "AAPLSOON")

    await _days_pass(out, 5)

    (told,) = out.told
    assert told.firing is not None
    assert f"expires {words}" in told.firing.lines[0]


async def test_a_position_that_was_closed_is_not_told(out: Lookout, venue: Venue) -> None:
    await _set(out, 3)
    venue.positions = (held(0, NOON, SOON),)

    await _days_pass(out, 6)

    assert out.told == []


async def test_an_expiry_that_is_past_is_not_told(
    out: Lookout, venue: Venue, clock: ManualClock
) -> None:
    clock.advance(10 * DAY)
    venue.positions = (held(1, NOON, SOON),)
    await _set(out, 3)

    await _days_pass(out, 2)

    assert out.told == []


async def test_after_a_restore_what_is_near_already_may_have_been_told(
    out: Lookout, venue: Venue
) -> None:
    venue.positions = (held(1, NOON, SOON),)
    await _set(out, 5)
    await out.stored.start_anew()

    await _days_pass(out, 2)

    assert out.told == []


async def test_a_broker_that_does_not_answer_is_asked_again(out: Lookout, venue: Venue) -> None:
    venue.positions = (held(1, NOON, SOON),)
    await _set(out, 3)
    venue.failing["positions"] = BrokerConnectionError(broker="alpaca")
    await _days_pass(out, 1)
    venue.failing.clear()

    await _days_pass(out, 1)

    assert len(out.told) == 1


@pytest.mark.parametrize(
    ("symbol", "ends", "words"),
    [("AAPL", None, "does not expire"), ("AAPLLATE", 30, "before it fires")],
)
async def test_what_could_never_fire_is_refused(
    out: Lookout, symbol: str, ends: int | None, words: str
) -> None:
    with pytest.raises(InvalidInput, match=words):
        await out.setting.expiry(caller(), 3, Wishes(days=ends), symbol)


async def test_what_has_expired_is_refused(out: Lookout, clock: ManualClock) -> None:
    clock.advance(10 * DAY)

    with pytest.raises(InvalidInput, match="has expired"):
        await out.setting.expiry(caller(), 3, Wishes(), "AAPLSOON")


async def test_one_on_a_contract_is_at_work_until_it_expires(out: Lookout) -> None:
    alert = await out.setting.expiry(caller(), 3, Wishes(), "AAPLLATE")
    expiry = LATE.expiry
    assert expiry is not None

    await _days_pass(out, (expiry - NOON.date()).days - 2)

    assert [one.alert_id for one in out.told] == [alert.alert_id]


async def test_many_are_counted_and_told_once(out: Lookout, venue: Venue) -> None:
    many = [contract(f"AAPL{number:04d}", date(2026, 3, 8)) for number in range(250)]
    venue.positions = tuple(held(1, NOON, one) for one in many)
    await _set(out, 3)

    await _days_pass(out, 3)

    (told,) = out.told
    assert told.firing is not None
    assert (len(told.firing.lines), told.firing.more) == (10, 240)


async def test_an_adapter_that_breaks_keeps_nobody_behind_it_from_hearing(
    out: Lookout, venue: Venue
) -> None:
    await _set(out, 3)
    alert = await _set(out, 3, "AAPLSOON")
    venue.failing["positions"] = ValueError("no answer that can be read")

    await _days_pass(out, 3)

    assert [one.alert_id for one in out.told] == [alert.alert_id]


async def test_after_its_end_nothing_is_looked_at(out: Lookout, venue: Venue) -> None:
    venue.positions = (held(1, NOON, SOON),)
    await out.setting.expiry(caller(), 3, Wishes(days=1))
    out.house.clock.advance(DAY)

    await out.expiries.sweep()
    await out.telling.sweep()

    assert out.told == []


async def test_an_account_that_was_left_out_is_not_looked_at(
    out: Lookout, house: House, venue: Venue
) -> None:
    venue.positions = (held(1, NOON, SOON),)
    await _set(out, 3)
    await house.links.exclude(ANNA, "ex")

    await _days_pass(out, 3)

    assert venue.count("positions") == 0
    assert out.told == []
