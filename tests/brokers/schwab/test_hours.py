"""When US shares trade."""

from datetime import datetime

import pytest

from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.schwab.adapter import SchwabAdapter
from floorbroker.domain.errors import NotSupported
from floorbroker.domain.market import Market
from tests.brokers.schwab.at_schwab import Canned, adapter_in
from tests.fakes.clock import ManualClock
from tests.simulators.schwab import SchwabSimulator


@pytest.mark.parametrize(
    ("now", "open_now", "next_open", "next_close"),
    [
        ("2026-03-04T17:00Z", True, "2026-03-05T14:30Z", "2026-03-04T21:00Z"),
        ("2026-03-04T12:00Z", False, "2026-03-04T14:30Z", "2026-03-04T21:00Z"),
        ("2026-03-04T22:00Z", False, "2026-03-05T14:30Z", "2026-03-05T21:00Z"),
        # Over a weekend in which New York's clocks go forward.
        ("2026-03-06T22:00Z", False, "2026-03-09T13:30Z", "2026-03-09T20:00Z"),
    ],
)
async def test_hours_are_those_of_new_york(
    adapter: SchwabAdapter,
    clock: ManualClock,
    now: str,
    open_now: bool,
    next_open: str,
    next_close: str,
) -> None:
    clock.move_to(datetime.fromisoformat(now))

    hours = await adapter.market_hours(Market.US_EQUITIES)

    assert hours.open_now is open_now
    assert hours.next_open == datetime.fromisoformat(next_open)
    assert hours.next_close == datetime.fromisoformat(next_close)


async def test_hours_are_the_same_for_everybody_and_asked_for_once(
    adapter: SchwabAdapter, context: BrokerContext, simulator: SchwabSimulator
) -> None:
    await adapter.market_hours(Market.US_EQUITIES)
    other = adapter_in(context)
    asked = len(simulator.received)

    await other.market_hours(Market.US_EQUITIES)

    assert len(simulator.received) == asked


async def test_a_closed_market_may_be_told_under_another_name(
    adapter: SchwabAdapter, simulator: SchwabSimulator
) -> None:
    day = {"equity": {"equity": {"date": "2026-03-07", "isOpen": False}}}
    simulator.refuse_with("hours", Canned(day))

    hours = await adapter.market_hours(Market.US_EQUITIES)

    assert not hours.open_now
    assert (hours.next_open, hours.next_close) == (None, None)


async def test_other_markets_have_no_hours_here(adapter: SchwabAdapter) -> None:
    with pytest.raises(NotSupported):
        await adapter.market_hours(Market.CRYPTO)
