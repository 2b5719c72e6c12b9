"""The gateway beside a bot at home: how it is, and that its connection was lost or is back."""

from collections.abc import Sequence
from typing import Final

from floorbroker.bot.replies.card import Card, Row, Section, Tone
from floorbroker.brokers.gateway_checks import GatewayCheck, Outcome
from floorbroker.brokers.registry import get_broker
from floorbroker.domain.connections import ConnectionEvent, ConnectionState
from floorbroker.domain.ids import BrokerId

_MARKS: Final = {
    Outcome.GOOD: "✓",
    Outcome.NOTE: "·",
    Outcome.WARNING: "⚠️",
    Outcome.BAD: "✗",
}


def gateway_card(event: ConnectionEvent) -> Card:
    """One change of a gateway's connection, for its owner."""
    spec = get_broker(event.broker)
    process = spec.gateway.process if spec.gateway else "the gateway"
    when = Row("Since", event.at)
    if event.state is ConnectionState.CONNECTED:
        return Card(
            title=f"{spec.name} is connected again",
            tone=Tone.GOOD,
            lead="Orders and positions were read anew. What was sent before the connection was "
            "lost is being looked at.",
            rows=(when,),
        )
    failed = event.state is ConnectionState.FAILED
    return Card(
        title=f"{spec.name} is not connected",
        tone=Tone.BAD if failed else Tone.CAUTION,
        lead=event.detail or f"The connection to {process} was lost.",
        rows=(when,),
        notes=(
            "Until it is back nothing is sent. Orders that rest at the broker stay there.",
            *((f"Look whether {process} runs and is logged in. The bot goes on trying.",) * failed),
        ),
    )


def wrong(checks: Sequence[GatewayCheck]) -> bool:
    """Whether a look showed something that stands in the way."""
    return any(one.outcome is Outcome.BAD for one in checks)


def gateway_section(broker: BrokerId, checks: Sequence[GatewayCheck]) -> Section:
    """A look at one gateway, a line each, with what to do about what is wrong."""
    return Section(
        heading=f"{get_broker(broker).name}: gateway",
        lines=tuple(
            f"{_MARKS[one.outcome]} {one.about}: {one.found}{f' {one.now}' if one.now else ''}"
            for one in checks
        ),
    )
