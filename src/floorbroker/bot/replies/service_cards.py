"""What the operators paused."""

from typing import Final

from floorbroker.bot.replies.card import PAUSED, Card, Mention, Row, Tone
from floorbroker.brokers.registry import get_broker
from floorbroker.domain.ids import BrokerId, UserId
from floorbroker.domain.service_pause import ServicePause

_CLOSING: Final = "Orders that close a position, cancels and /panic still go through."


def paused_everybody_card(pause: ServicePause) -> Card:
    """Everybody's pause was set or lifted; what is paused beside it stays so."""
    names = ", ".join(sorted(get_broker(broker).name for broker in pause.brokers))
    return Card(
        title="Trading is paused for everybody" if pause.everybody else "Trading is open again",
        tone=Tone.CAUTION if pause.everybody else Tone.GOOD,
        badges=(PAUSED,) if pause.everybody else (),
        lead=_CLOSING if pause.everybody else "",
        rows=(Row("Still paused", f"everybody at {names}"),) if names else (),
    )


def paused_broker_card(broker: BrokerId, *, paused: bool) -> Card:
    """Everybody's pause at one broker was set or lifted."""
    return _card(f"at {get_broker(broker).name}", paused=paused)


def paused_server_card(guild_id: str, *, paused: bool, known: bool) -> Card:
    """One server's pause was set or lifted.

    Args:
        known: Whether the bot is a member of it.
    """
    unknown = "The bot is not a member of a server of that id. Check the number."
    return _card(
        "in one server",
        paused=paused,
        rows=(Row("Server", guild_id),),
        notes=() if known else (unknown,),
    )


def paused_person_card(user_id: UserId, *, paused: bool) -> Card:
    """One person's pause was set or lifted."""
    rows = (Row("Person", Mention(user_id)), Row("Discord id", user_id))
    return _card("for one person", paused=paused, rows=rows)


def _card(
    where: str, *, paused: bool, rows: tuple[Row, ...] = (), notes: tuple[str, ...] = ()
) -> Card:
    return Card(
        title=f"Trading is {'paused' if paused else 'open again'} {where}",
        tone=Tone.CAUTION if paused else Tone.GOOD,
        lead=_CLOSING if paused else "Other pauses, if there are any, stay as they are.",
        rows=rows,
        notes=notes,
    )
