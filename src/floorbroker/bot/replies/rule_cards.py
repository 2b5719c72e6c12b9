"""Rules of a server."""

from floorbroker.bot.replies.card import Card, Row, Tone
from floorbroker.domain.people import ServerPolicy


def policy_card(policy: ServerPolicy) -> Card:
    """What a server allows."""
    return Card(
        title="Rules of this server",
        tone=Tone.CAUTION if policy.paused or policy.suspended else Tone.GOOD,
        rows=(
            Row("Trading", _trading(policy)),
            Row("Live orders", "allowed" if policy.live else "not allowed"),
            Row(
                "Results",
                "posted by themselves, redacted" if policy.public_results else "private",
            ),
        ),
    )


def _trading(policy: ServerPolicy) -> str:
    if policy.suspended:
        return "paused by the operator: nothing opens a position"
    return "paused: nothing opens a position" if policy.paused else "open"
