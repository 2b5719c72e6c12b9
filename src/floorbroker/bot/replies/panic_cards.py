"""The kill switch: what is open, what each step would do, and what became of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from floorbroker.bot.replies import figures
from floorbroker.bot.replies.card import PAUSED, Button, Card, Row, Section, Style, Tone
from floorbroker.bot.replies.list_cards import elsewhere_words
from floorbroker.bot.replies.order_words import broken_records, deed, filled, state_word
from floorbroker.domain.order import IntentState, Order
from floorbroker.domain.order_state import OrderState
from floorbroker.services.elsewhere import Others
from floorbroker.services.panic import Done, Exposure, Holding

MOST_LINES: Final = 20


def panic_card(exposure: Exposure, others: Others | None = None, armed: int = 0) -> Card:
    """Trading is paused; the two further steps are buttons. `others` stay as they are.

    Args:
        armed: Alerts whose order would go out by itself without the pause.
    """
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
        notes=(*_unseen(exposure, others), *_armed(armed)),
        buttons=tuple(buttons),
    )


def _armed(count: int) -> tuple[str, ...]:
    if not count:
        return ()
    which = "An armed alert places" if count == 1 else f"{count} armed alerts place"
    return (f"{which} no order until you resume. /alert list disarms for good.",)


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


def are_you_sure_card(exposure: Exposure, asked: str, now: datetime) -> Card:
    """The list once more, and the button that sends; it holds for as long as a market review."""
    count = _count(len(exposure.holdings), "position")
    sends = f"close.{asked}.{exposure.mark}.{int(now.timestamp())}"
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
            _button(f"Yes, close {count}", sends, Style.DANGER),
        ),
    )


def done_card(title: str, done: Sequence[Done]) -> Card:
    """What became of a step, a line each; nothing is summed up that is not so."""
    ends = [_end(one) for one in done]
    failed, under_way = ends.count(_FAILED), ends.count(_UNDER_WAY)
    return Card(
        title=title,
        tone=Tone.CAUTION if failed or under_way else Tone.GOOD,
        badges=tuple(sorted({_environment(one.what) for one in done})),
        lead="" if done else "There was nothing to do.",
        sections=(
            Section(heading="One by one", lines=tuple(_line(one) for one in done[:MOST_LINES])),
        )
        if done
        else (),
        notes=(
            *((f"{len(done) - MOST_LINES} more: /orders shows them.",) * (len(done) > MOST_LINES)),
            *((f"{failed} did not go through. Look at them, and at your broker.",) * bool(failed)),
            *(("What is on its way is followed: /orders shows it.",) * bool(under_way)),
        ),
        buttons=(_button("Resume trading", "resume", Style.SECONDARY),),
    )


def resumed_card(armed: int = 0) -> Card:
    """The person's own pause is over; another one shows as a badge.

    Args:
        armed: Alerts whose order goes out by itself from now on.
    """
    again = f"{armed} armed alerts place their orders again when they fire"
    if armed == 1:
        again = "An armed alert places its order again when it fires"
    return Card(
        title="Your pause is over",
        tone=Tone.GOOD,
        lead="What was canceled or closed stays so.",
        notes=(f"{again}. /alert list disarms.",) if armed else (),
    )


def kept_card() -> Card:
    """Nothing was closed."""
    return Card(title="Kept", lead="Nothing was sent. /resume ends a pause of yours.")


def only_paused_card(why: str) -> Card:
    """The pause is stored, and what is open could not be read."""
    return Card(
        title="Trading is paused",
        tone=Tone.CAUTION,
        badges=(PAUSED,),
        lead="No order of yours that opens a position goes out until you resume.",
        notes=(f"What is open could not be looked up: {why} /panic tries again.",),
        buttons=(_button("Resume trading", "resume", Style.SECONDARY),),
    )


_DONE, _FAILED, _UNDER_WAY = "✓", "✗", "·"
_NOT_SENT: Final = frozenset(
    {OrderState.REJECTED, OrderState.NOT_PLACED, OrderState.LAPSED, OrderState.EXPIRED}
)
_REFUSED: Final = frozenset({IntentState.REFUSED, IntentState.NOT_SENT})


def _end(done: Done) -> str:
    """The mark of a line: whether it did what the step was for."""
    order = done.order
    if done.error is not None or order is None:
        return _FAILED
    if isinstance(done.what, Order) and order.intent is not None:
        if order.intent.state in _REFUSED:
            return _FAILED
        return _UNDER_WAY if order.intent.state.open else _DONE
    if order.state in _NOT_SENT:
        return _FAILED
    return _DONE if order.state.final else _UNDER_WAY


def _line(done: Done) -> str:
    what, order, end = done.what, done.order, _end(done)
    name = deed(what.request) if isinstance(what, Order) else _holding(what)
    if done.error is not None or order is None:
        why = done.error.message if done.error is not None else "Nothing came of it."
        return f"{end} {name}: {why}"
    intent = order.intent
    if isinstance(what, Order) and intent is not None:
        if end == _FAILED:
            return f"{end} {name}: not canceled. {intent.reason}".rstrip()
        if end == _UNDER_WAY:
            return f"{end} {name}: cancel asked for, not confirmed yet"
    told = filled(order) or state_word(order)
    return f"{end} {name}: {told}{f'. {order.reason}' if end == _FAILED and order.reason else ''}"


def _environment(what: Order | Holding) -> str:
    at = what.environment if isinstance(what, Order) else what.account.link.environment
    return at.value.upper()


def _holding(held: Holding) -> str:
    return f"{_size(held)} at {held.account.title}, {_environment(held)}"


def _size(held: Holding) -> str:
    position = held.position
    return f"{figures.quantity(position.quantity)} {position.instrument.symbol}"


def _listed(exposure: Exposure) -> Section:
    lines = []
    for held in exposure.holdings[:MOST_LINES]:
        value = held.position.market_value
        worth = "" if value is None else f", worth {figures.change(value).lstrip('+')}"
        lines.append(f"{_holding(held)}{worth}")
    more = len(exposure.holdings) - MOST_LINES
    return Section(
        heading="What would be closed",
        lines=(*lines, *((f"and {more} more",) * (more > 0))),
    )


def _environments(exposure: Exposure) -> tuple[str, ...]:
    return tuple(sorted({_environment(held) for held in exposure.holdings}))


def _unseen(exposure: Exposure, others: Others | None = None) -> tuple[str, ...]:
    doubtful = exposure.doubtful
    return (
        *(f"{one.link.label} does not answer: {one.error.message}" for one in exposure.failed),
        *(
            (f"{_count(doubtful, 'order')} in doubt: not canceled here, but looked at.",)
            * bool(doubtful)
        ),
        *((broken_records(exposure.unreadable),) * bool(exposure.unreadable)),
        *(
            ("Orders that were placed elsewhere are not among these: look at your broker too.",)
            if others is None
            else elsewhere_words(others)
        ),
    )


def _count(number: int, what: str) -> str:
    return f"{number} {what}" + ("s" if number != 1 else "")


def _button(label: str, step: str, style: Style) -> Button:
    return Button(label=label, custom_id=f"fb:panic:{step}", style=style)
