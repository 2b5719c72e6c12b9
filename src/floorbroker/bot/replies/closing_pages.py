"""Everything that would be closed: a line each, else compactly by account, else on pages.

Nothing is left out, and the same positions make the same pages: who agrees has seen each of them.
"""

from collections.abc import Sequence
from typing import Final

from floorbroker.bot.replies import figures
from floorbroker.bot.replies.card import Section
from floorbroker.bot.replies.components import safe
from floorbroker.domain.order import Order
from floorbroker.services.panic import Holding

MOST_LINES: Final = 20
ROOM: Final = 2_000
"""Characters of a page, so that the rest of the card fits beside it whatever that says."""

_BETWEEN: Final = " · "
_MARKS: Final = len("\n****\n")

Page = tuple[Section, ...]


def pages(holdings: Sequence[Holding]) -> Sequence[Page]:
    """By account and symbol; at least one page."""
    ordered = sorted(holdings, key=lambda held: (title(held), held.place))
    lines = tuple(_line(held) for held in ordered)
    if len(lines) <= MOST_LINES and sum(len(safe(line)) + 1 for line in lines) <= ROOM:
        return [(Section(heading="What would be closed", lines=lines),)]
    return _compact(ordered)


def _compact(holdings: Sequence[Holding]) -> Sequence[Page]:
    made: list[dict[str, list[str]]] = [{}]
    left = ROOM
    for held in holdings:
        where, what = title(held), size(held)
        taken = len(safe(what)) + len(_BETWEEN)
        heading = len(safe(where)) + _MARKS
        if taken + (0 if where in made[-1] else heading) > left and made[-1]:
            made.append({})
            left = ROOM
        left -= taken + (0 if where in made[-1] else heading)
        made[-1].setdefault(where, []).append(what)
    return [
        tuple(
            Section(heading=where, lines=(_BETWEEN.join(those),)) for where, those in page.items()
        )
        for page in made
    ]


def _line(held: Holding) -> str:
    value = held.position.market_value
    worth = "" if value is None else f", worth {figures.change(value).lstrip('+')}"
    return f"{at_its_place(held)}{worth}"


def at_its_place(held: Holding) -> str:
    """`10 AAPL at Paper …3456, PAPER`."""
    return f"{size(held)} at {title(held)}"


def title(held: Holding) -> str:
    """`Paper …3456, PAPER`."""
    return f"{held.account.title}, {environment(held)}"


def size(held: Holding) -> str:
    """`10 AAPL`."""
    position = held.position
    return f"{figures.quantity(position.quantity)} {position.instrument.symbol}"


def environment(what: Order | Holding) -> str:
    """Which money it is."""
    at = what.environment if isinstance(what, Order) else what.account.link.environment
    return at.value.upper()
