"""Rules of a server, and the pause of the service."""

from floorbroker.bot.replies.card import PAUSED, Card, Row, Tone
from floorbroker.domain.people import ServerPolicy


def policy_card(policy: ServerPolicy) -> Card:
    """What a server allows."""
    return Card(
        title="Rules of this server",
        tone=Tone.CAUTION if policy.paused else Tone.GOOD,
        rows=(
            Row("Trading", "paused: nothing opens a position" if policy.paused else "open"),
            Row("Live orders", "allowed" if policy.live else "not allowed"),
            Row(
                "Results",
                "posted by themselves, redacted" if policy.public_results else "private",
            ),
        ),
    )


def service_card(*, paused: bool) -> Card:
    """The pause of the whole service."""
    return Card(
        title="Trading is paused for everybody" if paused else "Trading is open again",
        tone=Tone.CAUTION if paused else Tone.GOOD,
        badges=(PAUSED,) if paused else (),
        lead="Orders that close a position still go through." if paused else "",
    )
