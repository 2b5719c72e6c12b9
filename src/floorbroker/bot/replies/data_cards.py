"""What is kept on a person: the file of it, and its erasing."""

from typing import Final

from floorbroker.bot.replies import figures
from floorbroker.bot.replies.card import Button, Card, CardFile, Row, Section, Style, Tone
from floorbroker.brokers.registry import get_broker
from floorbroker.brokers.spec import AuthFlow
from floorbroker.domain.order import Order
from floorbroker.domain.people import Leaving
from floorbroker.services.erasing import GRACE, MOST_COUNTED, Foreseen
from floorbroker.services.exporting import Export

_SHOWN_ORDERS: Final = 5

_KEPT: Final = Section(
    heading="What is kept, and why",
    lines=(
        "The audit trail: what was ordered and changed, when and with what outcome, so that "
        "nobody can rewrite it. It holds a pseudonym instead of your Discord id, and no name that "
        "you gave an account.",
        "Your orders and positions at your brokers: they are theirs and yours, not this bot's.",
        "Cards and messages in Discord: delete them there. Rules that you set for a server: they "
        "are the server's. Backups of the bot's operator, until those are overwritten.",
    ),
)


def export_card(export: Export) -> Card:
    """The file itself, below what it holds."""
    several = len(export.files) > 1
    file = f"{len(export.files)} files, each zipped for its size" if several else "one JSON file"
    notes = ["Anybody who has this file can read what you traded. It opens no account."]
    if not export.complete:
        notes.insert(
            0,
            "There is more than one message can carry, so this is not all of it: the rest, and the "
            "audit entries last, are left out. The bot's operator can read them for you.",
        )
    return Card(
        title="What is kept on you",
        tone=Tone.GOOD if export.complete else Tone.CAUTION,
        lead=f"Here is {'all of it' if export.complete else 'a part of it'}: {file}.",
        rows=tuple(Row(called.capitalize(), f"{n:,}") for called, n in export.counts.items()),
        sections=(
            Section(
                heading="Named in it, and not shown",
                lines=(
                    "Access to your brokers is kept sealed: the file says that it is there and "
                    "since when. The same goes for what can edit your cards.",
                ),
            ),
        ),
        notes=tuple(notes),
        files=tuple(CardFile(name=one.name, data=one.data) for one in export.files),
    )


def erase_card(foreseen: Foreseen) -> Card:
    """What would go, what stays, and what stays open at brokers; nothing has changed yet."""
    gone = tuple(Row(called.capitalize(), _number(n)) for called, n in foreseen.counts.items() if n)
    return Card(
        title="Erase what is kept on you?",
        tone=Tone.CAUTION,
        lead=f"Nothing happens yet. You are asked again, and have {GRACE.days} days to stop it.",
        sections=(
            Section(
                heading="What is erased",
                lines=(
                    "Access to your brokers goes first: it is deleted here, and withdrawn at the "
                    "broker where it can be. A paper account goes with its cash and positions.",
                ),
                rows=gone,
            ),
            _KEPT,
            Section(
                heading=f"In the {GRACE.days} days until then",
                lines=(
                    "No order opens a position. Closing and canceling work, and open orders are "
                    "followed. /data keep, or a button, ends it.",
                ),
            ),
            *_open_orders(foreseen),
        ),
        buttons=(
            Button(label="Erase …", custom_id="fb:data:erase", style=Style.DANGER),
            Button(label="Keep", custom_id="fb:keep:data"),
        ),
    )


def sure_card() -> Card:
    """Asks once more. Cancel stands where the first button was, for whoever clicks twice."""
    return Card(
        title="Erase everything?",
        tone=Tone.BAD,
        lead="If you say yes, nothing opens a position for you from that moment on, and "
        f"{GRACE.days} days later what is kept on you is gone for good. Nobody can bring it back.",
        buttons=(
            Button(label="Cancel", custom_id="fb:keep:data"),
            Button(
                label=f"Yes, erase in {GRACE.days} days",
                custom_id="fb:data:sure",
                style=Style.DANGER,
            ),
        ),
    )


def leaving_card(leaving: Leaving) -> Card:
    """The timer runs."""
    if leaving.begun:
        return Card(
            title="Your data is being erased",
            tone=Tone.CAUTION,
            lead="That cannot be stopped any more. A direct message tells when it is done.",
        )
    why = (
        "You took the app away at Discord, so everything" if leaving.deauthorised else "Everything"
    )
    return Card(
        title="Your data will be erased",
        tone=Tone.CAUTION,
        lead=f"{why} that is kept on you goes. Until then nothing opens a position; canceling "
        "works, and so does closing, with real money where live trading is on. Open orders stay at "
        "your broker, those of a paper account go with it. A direct message tells when it is done.",
        rows=(Row("Asked for", leaving.asked_at), Row("Erased", leaving.erase_at)),
        buttons=(Button(label="Keep my data", custom_id="fb:data:keep"),),
    )


def kept_card(*, stopped: bool) -> Card:
    """Nothing is erased."""
    if stopped:
        return Card(
            title="Your data is kept",
            tone=Tone.GOOD,
            lead="The erasing is stopped, and orders that open a position go through again unless "
            "a pause is set.",
        )
    return Card(title="Your data is kept", lead="No erasing was asked for.")


def erased_card() -> Card:
    """The last message to a person."""
    return Card(
        title="Your data is erased",
        tone=Tone.GOOD,
        lead="Nothing is kept on you any more but the audit trail under a pseudonym. Orders that "
        "were open stay at your broker. If you type a command again, you begin anew.",
    )


def _open_orders(foreseen: Foreseen) -> tuple[Section, ...]:
    orders = [order for order in foreseen.open_orders if not _is_ours(order)]
    ours = len(foreseen.open_orders) - len(orders)
    gone = [f"{ours} on the paper account, which go with it."] if ours else []
    if not orders:
        return (Section(heading="Open orders", lines=tuple(gone)),) if gone else ()
    lines = [
        "They stay at your broker, and this bot no longer sees them after the erasing. Cancel "
        "those that you do not want: /orders lists them.",
        *(_line(order) for order in orders[:_SHOWN_ORDERS]),
    ]
    if len(orders) > _SHOWN_ORDERS:
        lines.append(f"… and {len(orders) - _SHOWN_ORDERS} more")
    return (Section(heading="Open orders", lines=(*lines, *gone)),)


def _is_ours(order: Order) -> bool:
    """At the built-in broker, whose books go with the person's account."""
    return get_broker(order.broker).auth_flow is AuthFlow.NONE


def _line(order: Order) -> str:
    request = order.request
    much = figures.quantity(request.quantity) if request.quantity else "for money"
    where = f"{get_broker(order.broker).name}, {order.environment.value.upper()}"
    return f"{request.side.value.capitalize()} {much} {request.instrument.symbol} at {where}"


def _number(found: int) -> str:
    return f"{found:,} or more" if found >= MOST_COUNTED else f"{found:,}"
