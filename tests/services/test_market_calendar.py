"""The calendar of US shares: what the library says, and the process that says it."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from floorbroker.domain.trading_calendar import TradingCalendar
from floorbroker.services.gates import EXCHANGE_ZONE
from floorbroker.services.market_calendar import AGAIN, KEPT, MarketCalendar, NoCalendar
from tests.fakes.clock import ManualClock

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
"""The Sunday before Thanksgiving."""

Made = Callable[..., MarketCalendar]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest_asyncio.fixture
async def made(clock: ManualClock) -> AsyncIterator[Made]:
    calendars: list[MarketCalendar] = []

    def one(**parts: object) -> MarketCalendar:
        calendars.append(MarketCalendar(clock, **parts))  # type: ignore[arg-type] # of any kind
        return calendars[-1]

    yield one
    for calendar in calendars:
        await calendar.aclose()


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """Writes a module that the other process runs in place of the real one."""
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    def written(body: str) -> str:
        (tmp_path / "other_calendar.py").write_text(body)
        return "other_calendar"

    return written


# What the library says


@pytest_asyncio.fixture
async def real(made: Made) -> TradingCalendar:
    return await made(seconds=60.0).calendar()


async def test_known_days_are_as_the_exchange_published_them(real: TradingCalendar) -> None:
    days = {one.day: one for one in real.days}
    friday = days[date(2026, 11, 27)]

    assert friday.early
    assert f"{friday.opens.astimezone(EXCHANGE_ZONE):%H:%M}" == "09:30"
    assert f"{friday.closes.astimezone(EXCHANGE_ZONE):%H:%M}" == "13:00"
    assert f"{days[date(2026, 11, 25)].closes.astimezone(EXCHANGE_ZONE):%H:%M}" == "16:00"
    assert f"{days[date(2027, 7, 1)].opens.astimezone(EXCHANGE_ZONE):%H:%M}" == "09:30"
    assert not days[date(2026, 11, 25)].early
    assert not days.keys() & {date(2026, 11, 26), date(2027, 3, 26), date(2026, 11, 28)}


async def test_the_holidays_of_a_year_are_named(real: TradingCalendar) -> None:
    named = {one.day: one.name for one in real.holidays}

    assert named[date(2027, 3, 26)] == "Good Friday"
    assert [day.isoformat() for day in named] == [
        "2026-11-26", "2026-12-25", "2027-01-01", "2027-01-18", "2027-02-15", "2027-03-26",
        "2027-05-31", "2027-06-18", "2027-07-05", "2027-09-06", "2027-11-25", "2027-12-24",
    ]  # fmt: skip


async def test_no_holiday_is_on_a_weekend(made: Made, clock: ManualClock) -> None:
    clock.move_to(datetime(2027, 12, 1, 12, tzinfo=UTC))  # before New Year's Day on a Saturday

    calendar = await made(seconds=60.0).calendar()

    assert calendar.holidays
    assert all(one.day.weekday() < 5 for one in calendar.holidays)


async def test_on_the_sunday_the_market_opens_on_monday(real: TradingCalendar) -> None:
    hours = real.hours(NOW)

    assert hours is not None
    assert not hours.open_now
    assert hours.next_open == datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
    assert hours.next_close == datetime(2026, 11, 23, 21, 0, tzinfo=UTC)


async def test_the_library_stays_out_of_this_process(real: TradingCalendar) -> None:
    assert real.covers(NOW)
    assert not {"exchange_calendars"} & sys.modules.keys()


# The process that says it

COUNTED = """
import json, os, pathlib
path = pathlib.Path(__file__).with_name("runs")
path.write_text((path.read_text() if path.exists() else "") + "x")
print(json.dumps({"days": [[f"2026-11-{day}", f"2026-11-{day}T14:30:00+00:00",
    f"2026-11-{day}T21:00:00+00:00", False] for day in (23, 24, 25, 30)], "holidays": []}))
"""
ENVIRONMENT = """
import json, os
names = [["2026-11-23", name] for name in sorted(os.environ)]
print(json.dumps({"days": [["2026-11-23", "2026-11-23T14:30:00+00:00",
    "2026-11-23T21:00:00+00:00", False]], "holidays": names}))
"""


def runs(folder: Path) -> int:
    return len((folder / "runs").read_text())


async def test_it_is_computed_once_however_many_ask(
    made: Made, program: Callable[[str], str], tmp_path: Path
) -> None:
    calendar = made(program=program(COUNTED))

    found = await asyncio.gather(*(calendar.calendar() for _ in range(10)))

    assert {id(one) for one in found} == {id(calendar.at_hand())}
    assert runs(tmp_path) == 1


async def test_after_a_day_it_is_computed_anew(
    made: Made, program: Callable[[str], str], tmp_path: Path, clock: ManualClock
) -> None:
    calendar = made(program=program(COUNTED))
    first = await calendar.calendar()
    clock.advance(KEPT.total_seconds() - 1)
    assert await calendar.calendar() is first

    clock.advance(1)

    assert await calendar.calendar() is not first
    assert runs(tmp_path) == 2


async def test_that_of_yesterday_is_better_than_none(
    made: Made, program: Callable[[str], str], clock: ManualClock
) -> None:
    calendar = made(program=program(COUNTED))
    first = await calendar.calendar()
    program("raise SystemExit(1)")

    clock.advance(KEPT.total_seconds())

    assert await calendar.calendar() is first
    assert calendar.at_hand() is first


async def test_the_other_process_knows_no_settings(
    made: Made, program: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "a secret")

    found = await made(program=program(ENVIRONMENT)).calendar()

    names = {one.name for one in found.holidays}
    assert "PYTHONPATH" in names
    assert "DISCORD_TOKEN" not in names


@pytest.mark.parametrize(
    "body",
    [
        "raise SystemExit(1)",
        "print('not what was asked for')",
        """print('{"days": [["2026-11-23"]], "holidays": []}')""",
        """print('{"days": [], "holidays": []}')""",
        "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
    ],
)
async def test_a_process_that_fails_leaves_no_calendar(
    made: Made, program: Callable[[str], str], body: str
) -> None:
    calendar = made(program=program(body))

    with pytest.raises(NoCalendar):
        await calendar.calendar()

    assert calendar.at_hand() is None


async def test_a_process_that_hangs_is_ended_at_its_deadline(
    made: Made, program: Callable[[str], str], tmp_path: Path
) -> None:
    body = f"import os, signal\nopen({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid()))\n"
    calendar = made(program=program(f"{body}signal.pause()"), seconds=3.0)

    with pytest.raises(NoCalendar, match="in time"):
        await calendar.calendar()

    with pytest.raises(ProcessLookupError):
        _signal_to(int((tmp_path / "pid").read_text()))


async def test_at_the_bots_end_no_process_is_left(
    made: Made, program: Callable[[str], str], tmp_path: Path
) -> None:
    started = tmp_path / "started"
    os.mkfifo(started)
    body = f"import os, signal\nopen({str(started)!r}, 'w').write(str(os.getpid()))\n"
    calendar = made(program=program(f"{body}signal.pause()"))
    assert calendar.at_hand() is None
    pid = int(await asyncio.to_thread(started.read_text))

    await calendar.aclose()

    with pytest.raises(ProcessLookupError):
        _signal_to(pid)


def _signal_to(pid: int) -> None:
    os.kill(pid, 0)


async def test_after_a_failure_nobody_tries_again_at_once(
    made: Made, program: Callable[[str], str], tmp_path: Path, clock: ManualClock
) -> None:
    calendar = made(program=program("raise SystemExit(1)"))
    with pytest.raises(NoCalendar):
        await calendar.calendar()
    program(COUNTED)

    with pytest.raises(NoCalendar):
        await calendar.calendar()
    assert calendar.at_hand() is None
    assert not (tmp_path / "runs").exists()

    clock.advance(AGAIN.total_seconds())
    assert (await calendar.calendar()).covers(clock.now())


async def test_who_gives_up_does_not_take_it_from_the_others(
    made: Made, program: Callable[[str], str]
) -> None:
    calendar = made(program=program(COUNTED))
    hasty = asyncio.ensure_future(calendar.calendar())
    patient = asyncio.ensure_future(calendar.calendar())
    await asyncio.sleep(0)
    hasty.cancel()

    assert (await patient).days
    with pytest.raises(asyncio.CancelledError):
        await hasty


async def test_what_is_not_at_hand_is_computed_for_the_next_who_asks(
    made: Made, program: Callable[[str], str], tmp_path: Path
) -> None:
    calendar = made(program=program(COUNTED))

    assert calendar.at_hand() is None
    found = await calendar.calendar()

    assert calendar.at_hand() is found
    assert runs(tmp_path) == 1


async def test_a_calendar_that_has_run_out_is_not_used(
    made: Made, program: Callable[[str], str], clock: ManualClock
) -> None:
    calendar = made(program=program(COUNTED))
    await calendar.calendar()
    clock.advance(timedelta(days=30).total_seconds())

    assert calendar.at_hand() is None
    with pytest.raises(NoCalendar, match="today"):
        await calendar.calendar()
