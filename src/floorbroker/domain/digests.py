"""When a person gets a summary of their day."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class DigestTime(StrEnum):
    """At which end of the trading day it comes."""

    OFF = "off"
    OPEN = "open"
    CLOSE = "close"


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestChoice:
    """One person's choice, and the next summary.

    Attributes:
        every_day: Also on days without trading, at the usual hour.
        due_at: When the next one is due; None: there is none.
        look_at: From then on a process takes it up; later than `due_at` while one is at work.
        missed_at: When the last one did not surely reach the person; None: it was told.
        closed: It was missed because the person takes no direct messages.
    """

    at: DigestTime = DigestTime.OFF
    every_day: bool = False
    due_at: datetime | None = None
    look_at: datetime | None = None
    missed_at: datetime | None = None
    closed: bool = False
