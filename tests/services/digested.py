"""A house that also sends daily summaries."""

from floorbroker.charts.studio import Studio
from floorbroker.domain.digests import DigestTime
from floorbroker.domain.ids import UserId
from floorbroker.domain.people import Person
from floorbroker.services.day_digest import READ_SECONDS, DayDigests
from floorbroker.services.digest_choices import DigestChoices
from floorbroker.services.digests import Digests
from floorbroker.services.worth import Worths
from floorbroker.storage.day_values import DayValues
from floorbroker.storage.moment_values import MomentValues
from floorbroker.storage.snapshots import Snapshots
from tests.fakes.calendar import calendar_of, session
from tests.floor import ANNA, House

SESSIONS = (
    *(session(f"2026-03-{day:02}") for day in (4, 5, 6)),
    *(session(f"2026-03-{day:02}", "13:30", "20:00") for day in (9, 10, 11)),
)
CALENDAR = calendar_of(*SESSIONS)
"""The clock of the tests stands in the first of these; the clocks change in the middle."""


def days_of(house: House, read_seconds: float = READ_SECONDS) -> DayDigests:
    """What makes a person's summary."""
    days = DayValues(house.documents)
    return DayDigests(
        accounts=house.accounts,
        portfolio=house.portfolio,
        worths=Worths(
            days,
            MomentValues(house.documents),
            Snapshots(house.documents),
            house.stored_people,
            Studio(),
            house.clock,
        ),
        days=days,
        orders=house.list,
        clock=house.clock,
        read_seconds=read_seconds,
    )


def digests_of(house: House) -> Digests:
    """What sends them."""
    return Digests(
        house.stored_people,
        days_of(house),
        house.desk.hours,
        house.messenger,
        house.clock,
        house.desk.supervisor,
    )


async def wants(
    house: House,
    who: UserId = ANNA,
    at: DigestTime = DigestTime.CLOSE,
    *,
    every_day: bool = False,
) -> Person:
    """Somebody sets when theirs comes."""
    choices = DigestChoices(house.accounts, house.desk.hours, house.audit, house.clock)
    return await choices.choose(who, at, every_day=every_day)
