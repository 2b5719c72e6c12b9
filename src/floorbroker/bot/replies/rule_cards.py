"""Rules of a server."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from floorbroker.bot.replies.card import Card, Channels, Roles, Row, Section, Tone
from floorbroker.bot.replies.risk_cards import own_rows, waiting_rows
from floorbroker.brokers.registry import get_broker
from floorbroker.domain.people import ServerPolicy

_EVERYONE: Final = "@everyone"


def policy_card(
    policy: ServerPolicy, now: datetime, existing: Collection[str] | None = None
) -> Card:
    """What a server allows.

    Args:
        existing: The ids of its roles and channels, of which one that is missing was deleted; None
            where this process is not told of them.
    """
    # The role of everybody has the server's own id, and no mention that reads well.
    everyone = policy.roles & {policy.guild_id}
    roles, gone = _parted(policy.roles - everyone, existing)
    channels, closed = _parted(policy.channels, existing)
    who = ", ".join([*([_EVERYONE] if everyone else []), *gone])
    where = ", ".join(closed)
    brokers = ", ".join(sorted(get_broker(one).name for one in policy.brokers))
    rows = [
        Row("Trading", _trading(policy)),
        Row("Live orders", "allowed" if policy.live else "not allowed"),
        Row("Results", "posted by themselves, redacted" if policy.public_results else "private"),
        Row("Brokers", brokers or "all"),
        Row("Who", Roles(roles, who) if policy.roles else "everybody"),
        Row("Where", Channels(channels, where) if policy.channels else "every channel"),
    ]
    held, waiting = own_rows(policy.limits, now), waiting_rows(policy.limits, now)
    sections = []
    if held:
        sections.append(Section(heading="Limits on each order that is given here", rows=held))
    if waiting:
        sections.append(Section(heading="Raises, still waiting", rows=waiting))
    return Card(
        title="Rules of this server",
        tone=Tone.CAUTION if policy.paused or policy.suspended else Tone.GOOD,
        rows=tuple(rows),
        sections=tuple(sections),
        footer=(Row("Limits, brokers, roles and channels", "never hold up a close"),),
    )


def _parted(
    ids: frozenset[str], existing: Collection[str] | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Those that are there, as far as is known, and how many are not, in words."""
    there = tuple(sorted(one for one in ids if existing is None or one in existing))
    deleted = len(ids) - len(there)
    return there, ((f"{deleted} deleted",) if deleted else ())


def _trading(policy: ServerPolicy) -> str:
    if policy.suspended:
        return "paused by the operator: nothing opens a position"
    return "paused: nothing opens a position" if policy.paused else "open"
