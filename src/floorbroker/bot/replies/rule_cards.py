"""Rules of a server."""

from collections.abc import Mapping
from datetime import datetime

from floorbroker.bot.replies.card import Card, Row, Section, Tone
from floorbroker.bot.replies.risk_cards import own_rows, waiting_rows
from floorbroker.brokers.registry import get_broker
from floorbroker.domain.people import ServerPolicy


def policy_card(policy: ServerPolicy, now: datetime, names: Mapping[str, str]) -> Card:
    """What a server allows.

    Args:
        names: Of its roles and channels, by id; one that is missing was deleted.
    """
    brokers = ", ".join(sorted(get_broker(one).name for one in policy.brokers))
    rows = [
        Row("Trading", _trading(policy)),
        Row("Live orders", "allowed" if policy.live else "not allowed"),
        Row("Results", "posted by themselves, redacted" if policy.public_results else "private"),
        Row("Brokers", brokers or "all"),
        Row("Who", _listed(policy.roles, names) or "everybody"),
        Row("Where", _listed(policy.channels, names) or "every channel"),
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


def _listed(ids: frozenset[str], names: Mapping[str, str]) -> str:
    known = sorted(names[one] for one in ids if one in names)
    deleted = len(ids) - len(known)
    return ", ".join([*known, *([f"{deleted} deleted"] if deleted else [])])


def _trading(policy: ServerPolicy) -> str:
    if policy.suspended:
        return "paused by the operator: nothing opens a position"
    return "paused: nothing opens a position" if policy.paused else "open"
