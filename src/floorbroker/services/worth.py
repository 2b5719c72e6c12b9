"""What a person's accounts were worth, day by day and within a day.

A value is noted whenever its owner looks, and with a daily summary; nothing is asked of a broker
for it, and when nobody looked it is missing rather than made up.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from floorbroker.charts.equity import EquityChart, Worth
from floorbroker.charts.picture import Drawing, Picture, PictureFailed
from floorbroker.charts.studio import Studio
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import StoreUnavailable
from floorbroker.domain.ids import UserId
from floorbroker.domain.people import AccountKey
from floorbroker.services.gates import EXCHANGE_ZONE
from floorbroker.services.portfolio import Holdings, Overview
from floorbroker.services.wholes import Whole, allocation, largest, missing
from floorbroker.storage.day_values import DayValue, DayValues
from floorbroker.storage.moment_values import MomentValue, MomentValues
from floorbroker.storage.people import People
from floorbroker.storage.snapshots import Snapshots

_LINE: Final = 2
"""So many points make a line."""


class Span(StrEnum):
    """How far back the curve goes."""

    DAY = "1d"
    MONTH = "1m"
    QUARTER = "3m"
    YEAR = "1y"

    @property
    def words(self) -> str:
        """For people: `3 months`."""
        return _BACK[self][0]


_BACK: Final[Mapping[Span, tuple[str, timedelta]]] = {
    Span.DAY: ("1 day", timedelta(days=1)),
    Span.MONTH: ("1 month", timedelta(days=31)),
    Span.QUARTER: ("3 months", timedelta(days=92)),
    Span.YEAR: ("1 year", timedelta(days=366)),
}


class Worths:
    """Notes values and draws them."""

    def __init__(
        self,
        days: DayValues,
        moments: MomentValues,
        snapshots: Snapshots,
        people: People,
        studio: Studio,
        clock: Clock,
    ) -> None:
        """`snapshots` are those that are taken behind gateways, whether anybody looks or not."""
        self._days = days
        self._moments = moments
        self._snapshots = snapshots
        self._people = people
        self._studio = studio
        self._clock = clock

    async def pictures(self, user_id: UserId, overview: Overview, span: Span) -> Sequence[Picture]:
        """How the largest whole is divided, and what it was worth; each only if there is one."""
        whole = largest(overview)
        if whole is None:
            return ()
        await self.note(user_id, overview)
        curve = await self._curve(user_id, whole, span)
        drawings: list[Drawing] = [one for one in (allocation(whole), curve) if one is not None]
        drawn = await asyncio.gather(*map(self._studio.picture, drawings), return_exceptions=True)
        for one in drawn:
            if isinstance(one, BaseException) and not isinstance(one, PictureFailed):
                raise one
        return [one for one in drawn if isinstance(one, Picture)]

    async def note(self, user_id: UserId, overview: Overview) -> None:
        """Today's values, and those of this quarter of an hour.

        A store that fails must not hide a portfolio. An account that was removed, or a person who
        was erased, while brokers were asked leaves nothing.
        """
        try:
            links = {link.link_id for link in await self._people.links(user_id)}
            there = [one for one in overview.holdings if one.account.link.link_id in links]
            await asyncio.gather(
                *(self._days.put(_day(user_id, one)) for one in there),
                *(self._moments.put(_moment(user_id, one)) for one in there),
            )
        except StoreUnavailable:
            return

    async def _curve(self, user_id: UserId, whole: Whole, span: Span) -> EquityChart | None:
        since = self._clock.now() - _BACK[span][1]
        keys = [one.account.key for one in whole.holdings]
        try:
            if span is Span.DAY:
                reads = (self._within(user_id, key, since) for key in keys)
                points = during(await asyncio.gather(*reads))
            else:
                daily = await asyncio.gather(*(self._daily(user_id, key, since) for key in keys))
                points = summed(dict(zip(keys, daily, strict=True)))
        except StoreUnavailable:
            return None
        if len(points) < _LINE:
            return None
        return EquityChart(
            points=points,
            currency=whole.currency,
            environment=whole.environment,
            span=span.words,
            note=" ".join(missing(whole.others)),
        )

    async def _daily(self, user_id: UserId, key: AccountKey, since: datetime) -> Sequence[DayValue]:
        first = since.astimezone(EXCHANGE_ZONE).date()
        days = await self._days.last(user_id, key.link_id, key.account_id)
        return [one for one in days if one.day >= first]

    async def _within(self, user_id: UserId, key: AccountKey, since: datetime) -> Sequence[Worth]:
        asked = (user_id, key.link_id, key.account_id, since)
        moments, snapshots = await asyncio.gather(
            self._moments.since(*asked), self._snapshots.since(*asked)
        )
        found = [Worth(at=one.at, value=one.value.amount) for one in moments]
        found += [Worth(at=one.at, value=one.value.amount) for one in snapshots]
        return sorted(found, key=lambda one: one.at)


def summed(series: Mapping[AccountKey, Sequence[DayValue]]) -> tuple[Worth, ...]:
    """The sum of all accounts on each day on which one was looked at.

    An account keeps its last known value between two looks. The line begins when every account
    has one: an account that is linked later must not look like a profit.
    """
    if not series or not all(series.values()):
        return ()
    begin = max(days[0].day for days in series.values())
    moments: dict[date, datetime] = {}
    for days in series.values():
        for one in days:
            moments[one.day] = max(one.at, moments.get(one.day, one.at))
    return tuple(
        Worth(at=moments[day], value=sum((_known(days, day) for days in series.values()), _NONE))
        for day in sorted(moments)
        if day >= begin
    )


def during(series: Sequence[Sequence[Worth]]) -> tuple[Worth, ...]:
    """The sum of all accounts at each moment at which one was looked at; otherwise as `summed`."""
    if not series or not all(series):
        return ()
    begin = max(values[0].at for values in series)
    moments = sorted({one.at for values in series for one in values if one.at >= begin})
    return tuple(
        Worth(at=moment, value=sum((_then(values, moment) for values in series), _NONE))
        for moment in moments
    )


_NONE: Final = Decimal(0)


def _known(days: Sequence[DayValue], day: date) -> Decimal:
    return next((one.value.amount for one in reversed(days) if one.day <= day), _NONE)


def _then(values: Sequence[Worth], moment: datetime) -> Decimal:
    return next((one.value for one in reversed(values) if one.at <= moment), _NONE)


def _moment(user_id: UserId, held: Holdings) -> MomentValue:
    return MomentValue(
        user_id=user_id,
        link_id=held.account.link.link_id,
        account_id=held.account.account.account_id,
        at=held.balances.as_of,
        value=held.balances.equity,
    )


def _day(user_id: UserId, held: Holdings) -> DayValue:
    at = held.balances.as_of
    return DayValue(
        user_id=user_id,
        link_id=held.account.link.link_id,
        account_id=held.account.account.account_id,
        day=at.astimezone(EXCHANGE_ZONE).date(),
        at=at,
        value=held.balances.equity,
    )
