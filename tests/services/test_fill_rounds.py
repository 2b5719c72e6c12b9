"""A round of fill alerts: a broker that hangs holds up nobody else, and no order from here."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

import pytest

from floorbroker.bootstrap.own_alerts import OwnAlertWork
from floorbroker.brokers.port import BrokerOrder
from floorbroker.domain.errors import ApiError
from floorbroker.domain.ids import AccountId, UserId
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Receipt, Side
from floorbroker.domain.own_alerts import OwnAlert
from floorbroker.domain.portfolio import BrokerAccount
from floorbroker.services.alert_rounds import FILLS, AlertRound
from floorbroker.services.alert_wishes import Wishes
from floorbroker.services.fill_watch import BEGINS_SECONDS, CONCURRENT
from floorbroker.storage.turns import Turns
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import AAPL, ACCOUNT, Venue, filled
from tests.floor import ANNA, BEN, SECOND, caller
from tests.services.conftest import Build
from tests.services.own_alerts import Lookout, lookout

PEOPLE = tuple(UserId(f"10000000000000001{number}") for number in range(CONCURRENT + 2))
SHORT = 0.05
"""Seconds of patience where a test waits until it is over."""


class _Answers(asyncio.Event):
    """Those who wait first, second and so on go on at once if their number is named."""

    def __init__(self, *numbers: int) -> None:
        super().__init__()
        self.numbers, self.waiters = numbers, 0

    async def wait(self) -> Literal[True]:
        self.waiters += 1
        return True if self.waiters in self.numbers else await super().wait()


def _fill(number: int, at: datetime) -> BrokerOrder:
    return BrokerOrder(
        order_id=None,
        instrument=AAPL,
        description=f"Buy {number} AAPL",
        at=at,
        receipt=Receipt(broker_order_id=f"E-{number}", state=OrderState.FILLED),
    )


async def _waiting(out: Lookout, people: Sequence[UserId] = PEOPLE) -> list[OwnAlert]:
    """Each of them has a link at the exchange and waits for fills there."""
    alerts = []
    for user_id in people:
        await out.house.link(user_id)
        alerts.append(await out.setting.fill(caller(user_id), None, Wishes()))
    return alerts


async def _rung(out: Lookout, alerts: Sequence[OwnAlert], times: int = 1) -> set[UserId]:
    """Whose alert has fired so often."""
    now = [await out.now(alert) for alert in alerts]
    return {alert.user_id for alert in now if alert.times >= times}


async def _comes_to(out: Lookout, alerts: Sequence[OwnAlert], number: int) -> None:
    """Returns once so many of them have fired."""
    async with asyncio.timeout(10):
        while len(await _rung(out, alerts)) < number:  # noqa: ASYNC110  # the store has no event
            await asyncio.sleep(0)


async def test_while_one_broker_hangs_fills_at_another_are_told(
    build: Build, venue: Venue, clock: ManualClock
) -> None:
    fast = Venue()
    out = lookout(build(venue=venue, second=fast), patience_seconds=60)
    await _waiting(out)
    await out.house.link(BEN, broker=SECOND)
    alert = await out.setting.fill(caller(BEN), None, Wishes())
    asked = venue.count("open_orders")
    venue.blocked["open_orders"] = asyncio.Event()
    fast.ended = [_fill(1, clock.now())]

    sweep = asyncio.create_task(out.fills.sweep())
    await _comes_to(out, [alert], 1)

    assert not sweep.done()
    assert venue.count("open_orders") - asked == CONCURRENT
    venue.blocked["open_orders"].set()
    await sweep


async def test_that_a_broker_hangs_is_found_out_once_a_round(build: Build, venue: Venue) -> None:
    out = lookout(build(venue=venue), patience_seconds=SHORT)
    await _waiting(out)
    asked = venue.count("open_orders")
    venue.blocked["open_orders"] = asyncio.Event()

    await out.fills.sweep()

    assert venue.count("open_orders") - asked == CONCURRENT


async def test_a_broker_that_answers_anybody_is_not_away(
    build: Build, venue: Venue, clock: ManualClock
) -> None:
    out = lookout(build(venue=venue), patience_seconds=SHORT)
    alerts = await _waiting(out)
    venue.ended = [_fill(1, clock.now())]
    venue.blocked["open_orders"] = _Answers(*range(CONCURRENT, len(PEOPLE) + 1))

    await out.fills.sweep()

    assert len(await _rung(out, alerts)) == len(PEOPLE) - (CONCURRENT - 1)


async def test_links_that_go_on_hanging_hold_up_none_that_answers(
    build: Build, venue: Venue, clock: ManualClock
) -> None:
    out = lookout(build(venue=venue), patience_seconds=SHORT)
    alerts = await _waiting(out, PEOPLE[: CONCURRENT + 1])
    venue.ended = [_fill(1, clock.now())]
    venue.blocked["open_orders"] = asyncio.Event()
    await out.fills.sweep()
    clock.advance(31)
    venue.blocked["open_orders"] = _Answers(1)
    await out.fills.sweep()
    (well,) = await _rung(out, alerts)

    clock.advance(60)
    venue.ended.append(_fill(2, clock.now()))
    venue.blocked["open_orders"] = _Answers(2)  # the first is one of those that hang
    await out.fills.sweep()

    assert await _rung(out, alerts, times=2) == {well}


async def test_a_round_begins_nothing_late_and_the_next_one_begins_with_what_is_left(
    build: Build, venue: Venue, clock: ManualClock
) -> None:
    out = lookout(build(venue=venue), patience_seconds=60)
    alerts = await _waiting(out)
    asked = venue.count("open_orders")
    venue.ended = [_fill(1, clock.now())]
    venue.blocked["open_orders"] = asyncio.Event()
    sweep = asyncio.create_task(out.fills.sweep())
    await venue.heard("open_orders", asked + CONCURRENT)
    clock.advance(BEGINS_SECONDS + 1)
    venue.blocked["open_orders"].set()
    await sweep
    assert venue.count("open_orders") - asked == CONCURRENT

    left = len(PEOPLE) - CONCURRENT
    venue.blocked["open_orders"] = _Answers(*range(1, left + 1))
    sweep = asyncio.create_task(out.fills.sweep())
    await _comes_to(out, alerts, len(PEOPLE))

    venue.blocked["open_orders"].set()
    await sweep


async def test_an_order_from_here_is_looked_at_while_brokers_hang_and_asks_none(
    build: Build, venue: Venue, clock: ManualClock
) -> None:
    out = lookout(build(venue=venue), patience_seconds=60)
    await _waiting(out)
    await out.house.link()
    order = await out.house.resting()
    wishes = Wishes(side=Side.SELL, quantity="10", limit="120")
    alert = await out.setting.fill(caller(), order.order_id, wishes)
    venue.book[order.order_id] = filled(
        venue.book[order.order_id].broker_order_id, order.request.quantity or 0, clock.now()
    )
    clock.advance(60)
    await out.house.reconciler.sweep()
    asked = venue.count("open_orders")
    venue.blocked["open_orders"] = asyncio.Event()
    turns = Turns(out.house.documents, out.house.desk.process)
    rounds = [
        AlertRound(turns, name, FILLS, look, clock)
        for name, look in (("fill alerts", out.fills.sweep), ("order fills", out.order_fills.sweep))
    ]
    hanging = asyncio.create_task(rounds[0].sweep())
    await venue.heard("open_orders", asked + CONCURRENT)
    requests = len(venue.requests)

    assert await rounds[1].sweep()

    assert (await out.now(alert)).times == 1
    assert len(venue.requests) == requests
    assert not hanging.done()
    venue.blocked["open_orders"].set()
    await hanging


async def test_alerts_on_one_account_share_the_requests(
    build: Build, venue: Venue, clock: ManualClock
) -> None:
    out = lookout(build(venue=venue))
    await out.house.link()
    alerts = [await out.setting.fill(caller(), None, Wishes()) for _ in range(3)]
    asked = venue.count("open_orders")
    venue.ended = [_fill(1, clock.now())]

    await out.fills.sweep()

    assert venue.count("open_orders") - asked == 1
    assert [(await out.now(alert)).times for alert in alerts] == [1, 1, 1]


@pytest.mark.parametrize("broken", ["EX-1", "EX-2"])
async def test_an_account_whose_orders_cannot_be_read_does_not_hide_the_link_s_others(
    build: Build, venue: Venue, clock: ManualClock, broken: str
) -> None:
    second = BrokerAccount(account_id=AccountId("EX-2"), number="EX000002", may_short=True)
    venue.accounts = (ACCOUNT, second)
    out = lookout(build(venue=venue))
    await out.house.link(ANNA)
    alerts = [
        await out.setting.fill(caller(), None, Wishes(account=f"ex-{ANNA}/{one.account_id}"))
        for one in venue.accounts
    ]
    venue.failing[f"open_orders {broken}"] = ApiError(broker="alpaca")
    venue.ended = [_fill(1, clock.now())]

    for _ in range(2):
        await out.fills.sweep()
        clock.advance(120)

    told = [alert.account_id for alert in alerts if (await out.now(alert)).times]
    assert told == [one.account_id for one in venue.accounts if one.account_id != broken]


class _Recorded:
    """A schedule that writes down what it is given."""

    def __init__(self) -> None:
        self.rounds: dict[str, tuple[timedelta, Callable[[], Awaitable[Any]]]] = {}

    def every(
        self,
        interval: timedelta,
        name: str,
        work: Callable[[], Awaitable[Any]],
        *,
        at_once: bool = True,
    ) -> None:
        """See `Schedule`."""
        assert name not in self.rounds
        assert not at_once
        self.rounds[name] = interval, work


async def test_each_kind_of_look_is_a_round_of_its_own(build: Build, venue: Venue) -> None:
    out, schedule = lookout(build(venue=venue)), _Recorded()
    turns = Turns(out.house.documents, out.house.desk.process)
    looks = {
        name: AlertRound(turns, name, FILLS, look, out.house.clock)
        for name, look in (
            ("order_fills", out.order_fills.sweep),
            ("fills", out.fills.sweep),
            ("expiries", out.expiries.sweep),
        )
    }
    work = OwnAlertWork(prices=out.in_turns, orders=out.orders, telling=out.telling, **looks)

    work.start(schedule)

    assert schedule.rounds["order fills"] == (FILLS, work.order_fills.sweep)
    assert schedule.rounds["fill alerts"] == (FILLS, work.fills.sweep)
    assert len(schedule.rounds) == 5
