"""/orders: what is at work, what ended, and what was placed elsewhere; page by page."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

from floorbroker.bot.replies import custom_ids
from floorbroker.bot.replies.card import Button, Card, Row, Section, Tone
from floorbroker.bot.replies.order_words import broken_records, deed, filled, state_word, terms
from floorbroker.domain.order import Order
from floorbroker.services.elsewhere import Others, PlacedElsewhere

A_PAGE: Final = 12
"""Lines: with the longest names that brokers have, Discord's 4,000 characters hold more."""

_OPEN, _ELSEWHERE, _RECENT = "Open", "Placed elsewhere", "Recent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Everything that the pages are made of.

    Attributes:
        recent: The last orders that were sent; those that are open are shown once.
        unreadable: How many the store holds broken.
    """

    working: Sequence[Order]
    recent: Sequence[Order]
    others: Others = field(default_factory=Others)
    unreadable: int = 0


def orders_card(listed: Listed, page: int = 1) -> Card:
    """One page, counted from 1; one that there is no more becomes the last."""
    lines = _lines(listed)
    pages = max(-(-len(lines) // A_PAGE), 1)
    page = min(max(page, 1), pages)
    shown = lines[(page - 1) * A_PAGE : page * A_PAGE]
    sections = tuple(
        Section(heading=heading, rows=tuple(row for _, row in rows))
        for heading, rows in groupby(shown, key=lambda line: line[0])
    )
    notes = _notes(listed)
    where = (Row("Page", f"{page} of {pages}"),) * (pages > 1)
    return Card(
        title="Orders",
        tone=Tone.CAUTION if listed.others.failed or listed.unreadable else Tone.NEUTRAL,
        badges=_badges(listed),
        lead="" if lines or notes else "You have not sent any orders yet.",
        sections=sections,
        notes=notes,
        footer=((Row("Details", "/order status"), *where) if lines else ()),
        buttons=_turns(page, pages),
    )


def elsewhere_words(others: Others) -> tuple[str, ...]:
    """What the kill switch leaves alone, and where; what is unknown is said too."""
    at: dict[str, int] = {}
    for one in others.orders:
        at[one.account.title] = at.get(one.account.title, 0) + 1
    count = sum(at.values())
    told = []
    if count:
        places = ", ".join(f"{number} at {title}" for title, number in at.items())
        what = "1 open order that was" if count == 1 else f"{count} open orders that were"
        stay = "stays open" if count == 1 else "stay open"
        told.append(f"{what} placed elsewhere {stay}: {places}. Cancel them at your broker.")
    if not others.complete or others.failed:
        told.append("Whether more orders were placed elsewhere is not known: look at your broker.")
    return tuple(told)


def _lines(listed: Listed) -> list[tuple[str, Row]]:
    open_ids = {order.order_id for order in listed.working}
    ended = [order for order in listed.recent if order.order_id not in open_ids]
    return [
        *((_OPEN, _order(one)) for one in listed.working),
        *((_ELSEWHERE, _other(one)) for one in listed.others.orders),
        *((_RECENT, _order(one)) for one in ended),
    ]


def _order(order: Order) -> Row:
    done = filled(order) or terms(order.request)
    return Row(deed(order.request), f"{state_word(order)} · {done}")


def _other(one: PlacedElsewhere) -> Row:
    state = one.order.receipt.state.value.replace("_", " ")
    perhaps = " · may be your order in doubt" if one.perhaps_ours else ""
    return Row(one.order.description[:120], f"{state} · at {one.account.title}{perhaps}")


def _notes(listed: Listed) -> tuple[str, ...]:
    others = listed.others
    return (
        *(
            ("What was placed elsewhere cannot be changed here: cancel it at your broker.",)
            * bool(others.orders)
        ),
        *(
            f"What was placed elsewhere at {one.link.label} is not known: {one.error.message}"
            for one in others.failed
        ),
        *(
            ("Your accounts did not answer: orders placed elsewhere are not shown.",)
            * (not others.complete)
        ),
        *((broken_records(listed.unreadable),) * bool(listed.unreadable)),
    )


def _badges(listed: Listed) -> tuple[str, ...]:
    ours = {order.environment for order in (*listed.working, *listed.recent)}
    theirs = {one.account.link.environment for one in listed.others.orders}
    return tuple(sorted(environment.value.upper() for environment in ours | theirs))


def _turns(page: int, pages: int) -> tuple[Button, ...]:
    wanted = [("Back", page - 1, page > 1), ("Next", page + 1, page < pages)]
    return tuple(
        Button(label=label, custom_id=custom_id)
        for label, number, there in wanted
        if there and (custom_id := custom_ids.choice("orders", str(number))) is not None
    )
