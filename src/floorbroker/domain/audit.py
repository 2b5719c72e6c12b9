"""The audit trail: append-only, one hash chain a person, over keyed pseudonyms."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

FIRST: Final = "0" * 64
"""What the first entry of a chain calls its predecessor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One thing that happened, chained to the entry before it.

    Attributes:
        person: A keyed pseudonym, so that erasing a person keeps the chain whole.
        number: Counts from 1 in each person's chain.
        fields: Safe facts only: ids, symbols, amounts as text; never a secret or free text.
        digest: SHA-256 over everything above and `previous`.
    """

    person: str
    number: int
    at: datetime
    action: str
    fields: Mapping[str, str]
    previous: str
    digest: str


def chained(  # an entry has these facts, and each is named
    *,
    person: str,
    number: int,
    at: datetime,
    action: str,
    fields: Mapping[str, str],
    previous: str,
) -> AuditEntry:
    """The entry with its digest."""
    text = json.dumps(
        [person, number, at.isoformat(), action, dict(fields), previous],
        sort_keys=True,
        separators=(",", ":"),
    )
    digest = hashlib.sha256(text.encode()).hexdigest()
    return AuditEntry(
        person=person,
        number=number,
        at=at,
        action=action,
        fields=fields,
        previous=previous,
        digest=digest,
    )


class Flaw(StrEnum):
    """In what way a chain is broken at an entry."""

    MISSING = "missing"
    TWICE = "there twice"
    CHANGED = "changed"
    WRONG_LINK = "not linked to the entry before it"
    UNREADABLE = "unreadable"
    REWRITTEN = "another one than was there last time"
    CUT_OFF = "cut off: it was there last time"


def flaw_of(entry: AuditEntry, *, number: int, previous: str) -> Flaw | None:
    """What is wrong with the entry that stands where `number` should; None if nothing is.

    Args:
        previous: The digest of the entry before it.
    """
    if entry.number != number:
        return Flaw.MISSING if entry.number > number else Flaw.TWICE
    again = chained(
        person=entry.person,
        number=entry.number,
        at=entry.at,
        action=entry.action,
        fields=entry.fields,
        previous=entry.previous,
    )
    if again != entry:
        return Flaw.CHANGED
    return None if entry.previous == previous else Flaw.WRONG_LINK
