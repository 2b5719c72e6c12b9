"""The kill switch: what is open, what each step would do, and what became of it."""

from collections.abc import Sequence
from typing import Final

from floorbroker.bot.replies import figures
from floorbroker.bot.replies.card import PAUSED, Button, Card, Row, Section, Style, Tone
from floorbroker.bot.replies.order_words import deed, filled, state_word
from floorbroker.domain.order import Order
from floorbroker.services.panic import Done, Exposure, Holding

MOST_LINES: Final = 20


def panic_card(exposure: Exposure) -> Card:
    """Trading is paused; the two further steps are buttons."""
    orders, held = len(exposure.orders), len(exposure.holdings)
    buttons = []
    if orders:
        buttons.append(_button(f"Cancel {_count(orders, 'order')}", "cancel", Style.DANGER))
    if held:
        buttons.append(_button(f"Close {_count(held, 'position')} …", "list", Style.DANGER))
    buttons.append(_button("Resume trading", "resume", Style.SECONDARY))
    return Card(
        title="Trading is paused",
        tone=Tone.CAUTION,
        badges=(PAUSED,),
        lead="No order of yours that opens a position goes out until you resume. Closing and "
        "canceling still work.",
        rows=(
            Row("Open orders", str(orders)),
            Row("Positions", str(held)),
        ),
        notes=_unseen(exposure),
        buttons=tuple(buttons),
    )


def closing_list_card(exposure: Exposure, asked: str) -> Card:
    """Everything that would be closed; the next button asks once more."""
    if not exposure.holdings:
        return Card(
            title="Nothing to close", lead="No account shows a position.", notes=_unseen(exposure)
        )
    count = _count(len(exposure.holdings), "position")
    return Card(
        title=f"Close {count}?",
        tone=Tone.CAUTION,
        badges=_environments(exposure),
        lead="Each would be closed at the market, at whatever price there is. Nothing is sent yet.",
        sections=(_listed(exposure),),
        notes=_unseen(exposure),
        # Keep stands where the last button was: a second click there must do no harm.
        buttons=(
            _button("Keep them", "keep", Style.SECONDARY),
            _button(f"Close {count} …", f"sure.{asked}.{exposure.mark}", Style.DANGER),
        ),
    )


def are_you_sure_card(exposure: Exposure, asked: str) -> Card:
    """The list once more, and the button that sends."""
    count = _count(len(exposure.holdings), "position")
    return Card(
        title=f"Really close {count} at the market?",
        tone=Tone.BAD,
        badges=_environments(exposure),
        lead="This sends an order for each line below, at once. It cannot be undone.",
        sections=(_listed(exposure),),
        notes=_unseen(exposure),
        buttons=(
            _button("Keep them", "keep", Style.SECONDARY),
            # The place of the button before it: a second click there must do no harm either.
            _button("Look again", "list", Style.SECONDARY),
            _button(f"Yes, close {count}", f"close.{asked}.{exposure.mark}", Style.DANGER),
        ),
    )


def done_card(title: str, done: Sequence[Done]) -> Card:
    """What became of a step, a line each; nothing is summed up that is not so."""
    failed = sum(one.error is not None for one in done)
    under_way = any(one.order is not None and _under_way(one.order) for one in done)
    environments = {_environment(one) for one in done}
    return Card(
        title=title,
        tone=Tone.CAUTION if failed or under_way else Tone.GOOD,
        badges=(*sorted(environments), PAUSED),
        lead="" if done else "There was nothing to do.",
        sections=(
            Section(heading="One by one", lines=tuple(_line(one) for one in done[:MOST_LINES])),
        )
        if done
        else (),
        notes=(
            *((f"{len(done) - MOST_LINES} more: /orders shows them.",) * (len(done) > MOST_LINES)),
            *((f"{failed} did not go through. Look at them, and at your broker.",) * bool(failed)),
            *(("What is on its way is followed: /orders shows where it stands.",) * under_way),
        ),
        buttons=(_button("Resume trading", "resume", Style.SECONDARY),),
    )


def resumed_card() -> Card:
    """The pause is over."""
    return Card(
        title="Trading is open again",
        tone=Tone.GOOD,
        lead="What was canceled or closed stays so.",
    )


def kept_card() -> Card:
    """Nothing was closed."""
    return Card(
        title="Kept",
        badges=(PAUSED,),
        lead="Nothing was sent. Trading is still paused: /resume opens it again.",
    )


def _under_way(order: Order) -> bool:
    return not order.state.final or (order.intent is not None and order.intent.state.open)


def _environment(done: Done) -> str:
    what = done.what
    at = what.environment if isinstance(what, Order) else what.account.link.environment
    return at.value.upper()


def _line(done: Done) -> str:
    what = done.what
    name = deed(what.request) if isinstance(what, Order) else _holding(what)
    if done.error is not None:
        return f"✗ {name}: {done.error.message}"
    order = done.order
    if order is None:
        return f"· {name}"
    if order.intent is not None and order.intent.state.open:
        return f"· {name}: cancel asked for, not confirmed yet"
    told = filled(order) or state_word(order)
    return f"✓ {name}: {told}"


def _holding(held: Holding) -> str:
    return f"{_size(held)} at {held.account.title}"


def _size(held: Holding) -> str:
    position = held.position
    return f"{figures.quantity(position.quantity)} {position.instrument.symbol}"


def _listed(exposure: Exposure) -> Section:
    lines = []
    for held in exposure.holdings[:MOST_LINES]:
        value = held.position.market_value
        worth = "" if value is None else f", worth {figures.change(value).lstrip('+')}"
        lines.append(f"{_size(held)} at {held.account.title}{worth}")
    more = len(exposure.holdings) - MOST_LINES
    return Section(
        heading="What would be closed",
        lines=(*lines, *((f"and {more} more",) * (more > 0))),
    )


def _environments(exposure: Exposure) -> tuple[str, ...]:
    environments = {held.account.link.environment.value.upper() for held in exposure.holdings}
    return (*sorted(environments), PAUSED)


def _unseen(exposure: Exposure) -> tuple[str, ...]:
    doubtful = exposure.doubtful
    return (
        *(f"{one.link.label} does not answer: {one.error.message}" for one in exposure.failed),
        *(
            (f"{_count(doubtful, 'order')} in doubt: not canceled here, but looked at.",)
            * bool(doubtful)
        ),
        "Orders that were placed elsewhere are not among these: look at your broker too.",
    )


def _count(number: int, what: str) -> str:
    return f"{number} {what}" + ("s" if number != 1 else "")


def _button(label: str, step: str, style: Style) -> Button:
    return Button(label=label, custom_id=f"fb:panic:{step}", style=style)
