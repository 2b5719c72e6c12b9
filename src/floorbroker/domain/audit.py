"""The audit trail: append-only, one hash chain a person, over keyed pseudonyms."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
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


def first_break(entries: Iterable[AuditEntry]) -> int | None:
    """The number of the first entry that was changed, removed or put out of order.

    Args:
        entries: One person's, in order. An end that was cut off cannot be seen from here.
    """
    previous, expected = FIRST, 1
    for entry in entries:
        again = chained(
            person=entry.person,
            number=expected,
            at=entry.at,
            action=entry.action,
            fields=entry.fields,
            previous=previous,
        )
        if again != entry:
            return expected
        previous, expected = entry.digest, expected + 1
    return None
