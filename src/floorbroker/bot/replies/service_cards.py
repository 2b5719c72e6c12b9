"""What the operators paused, and whom they see."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from floorbroker.bot.replies import custom_ids
from floorbroker.bot.replies.card import PAUSED, Button, Card, Mention, Row, Section, Tone
from floorbroker.brokers.registry import get_broker
from floorbroker.domain.ids import BrokerId, UserId
from floorbroker.domain.service_pause import ServicePause
from floorbroker.services.console import People
from floorbroker.storage.overview import LinkSeen, PersonSeen

_CLOSING: Final = (
    "Orders that close a position, cancels and /panic still go through; "
    "with real money, closing only where live trading is on."
)


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


def paused_server_card(guild_id: str, *, paused: bool, missing: bool = False) -> Card:
    """One server's pause was set or lifted.

    Args:
        missing: Whether the bot is known not to be a member of it.
    """
    unknown = "The bot is not a member of a server of that id. Check the number."
    return _card(
        "in one server",
        paused=paused,
        rows=(Row("Server", guild_id),),
        notes=(unknown,) if missing else (),
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


def people_card(page: People) -> Card:
    """People, their links and their pauses; nothing of what they own or order."""
    next_page = custom_ids.choice("people", page.after)
    return Card(
        title="People",
        lead="" if page.people else "Nobody yet.",
        sections=tuple(_person(one) for one in page.people),
        buttons=() if next_page is None else (Button(label="Next page", custom_id=next_page),),
    )


def _person(person: PersonSeen) -> Section:
    since = (Row("Since", person.links[0].created_at),) if person.links else ()
    return Section(
        heading=person.user_id,
        rows=(
            Row("Person", Mention(person.user_id)),
            *since,
            Row("Links", _links(person.links)),
            Row("Trading", _trading(person)),
        ),
    )


def _links(links: Sequence[LinkSeen]) -> str:
    """Those that are alike as one, with their number."""
    alike = Counter(_link(link) for link in links)
    each = [f"{number} × {what}" if number > 1 else what for what, number in alike.items()]
    return " · ".join(each) or "none"


def _link(link: LinkSeen) -> str:
    refused = ", refused by the broker" if link.dead_since is not None else ""
    return f"{get_broker(link.broker).name} {link.environment.value.upper()}{refused}"


def _trading(person: PersonSeen) -> str:
    if person.suspended:
        return "paused by an operator"
    return "paused by themselves" if person.paused else "open"
