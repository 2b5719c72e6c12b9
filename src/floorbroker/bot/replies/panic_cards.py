"""The kill switch: what is open, what each step would do, and what became of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from floorbroker.bot.replies.card import PAUSED, Button, Card, Row, Section, Style, Tone
from floorbroker.bot.replies.closing_pages import Page, at_its_place, environment, pages
from floorbroker.bot.replies.components import safe
from floorbroker.bot.replies.list_cards import elsewhere_words
from floorbroker.bot.replies.order_words import broken_records, deed, filled, state_word
from floorbroker.domain.modes import Environment
from floorbroker.domain.order import IntentState, Order
from floorbroker.domain.order_state import OrderState
from floorbroker.services.elsewhere import Others
from floorbroker.services.panic import Done, Exposure

_MOST_DONE: Final = 40
_ROOM: Final = 3_000
"""Characters for what became of each, beside the rest of the card."""

_LONGEST_LINE: Final = 300
_MOST_FAILED: Final = 5
_LONGEST_REASON: Final = 120


def panic_card(exposure: Exposure, others: Others | None = None, armed: int = 0) -> Card:
    """Trading is paused; the two further steps are buttons. `others` stay as they are.

    Args:
        armed: Alerts whose order would go out by itself without the pause.
    """
    orders, held = len(exposure.orders), len(exposure.holdings)
    live = "; with real money, closing only where live trading is on" * _real_money(exposure)
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
        f"canceling still work{live}.",
        rows=(
            Row("Open orders", str(orders)),
            Row("Positions", str(held)),
        ),
        notes=(*_unseen(exposure, others), *_armed(armed)),
        buttons=tuple(buttons),
    )


def _real_money(exposure: Exposure) -> bool:
    """Whether there is, or may be, a live position: its locks hold for closing too."""
    seen = [one.account.link for one in exposure.holdings]
    links = [*seen, *(one.link for one in exposure.failed)]
    return any(link.environment is Environment.LIVE for link in links)


def _armed(count: int) -> tuple[str, ...]:
    if not count:
        return ()
    which = "An armed alert places" if count == 1 else f"{count} armed alerts place"
    return (f"{which} no order until you resume. /alert list disarms for good.",)


def closing_list_card(exposure: Exposure, asked: str, page: int = 0) -> Card:
    """Everything that would be closed, by pages where it is long; the last one asks once more."""
    if not exposure.holdings:
        return Card(
            title="Nothing to close", lead="No account shows a position.", notes=_unseen(exposure)
        )
    count = _count(len(exposure.holdings), "position")
    shown, following, where = _page(exposure, page)
    on = _button(f"Close {count} …", f"sure.{asked}.{exposure.mark}", Style.DANGER)
    if following is not None:
        on = _button("Next page", f"list.{asked}.{exposure.mark}.{following}", Style.PRIMARY)
    return Card(
        title=f"Close {count}?",
        tone=Tone.CAUTION,
        badges=_environments(exposure),
        lead="Each would be closed at the market, at whatever price there is. Nothing is sent yet."
        + where,
        sections=shown,
        notes=_unseen(exposure),
        # Keep stands where the last button was: a second click there must do no harm.
        buttons=(_button("Keep them", "keep", Style.SECONDARY), on),
    )


def are_you_sure_card(exposure: Exposure, asked: str, now: datetime, page: int = 0) -> Card:
    """The list once more, and on its last page the button that sends.

    It holds for as long as a market review.
    """
    count, mark = _count(len(exposure.holdings), "position"), exposure.mark
    shown, following, where = _page(exposure, page)
    send = _button(
        f"Yes, close {count}", f"close.{asked}.{mark}.{int(now.timestamp())}", Style.DANGER
    )
    # None sends from where the button before it stood: a second click there must do no harm either.
    on = [send]
    if following is not None:
        on = [_button("Next page", f"sure.{asked}.{mark}.{following}", Style.PRIMARY)]
    elif where:
        on = [_button("First page", f"sure.{asked}.{mark}.0", Style.SECONDARY), send]
    return Card(
        title=f"Really close {count} at the market?",
        tone=Tone.BAD,
        badges=_environments(exposure),
        lead="This sends an order for each position of this list, at once. It cannot be undone."
        + where,
        sections=shown,
        notes=_unseen(exposure),
        buttons=(
            _button("Keep them", "keep", Style.SECONDARY),
            _button("Look again", "list", Style.SECONDARY),
            *on,
        ),
    )


def _page(exposure: Exposure, page: int) -> tuple[Page, int | None, str]:
    """What it shows, the number of the next one, and how many there are if it is not alone."""
    every = pages(exposure.holdings)
    page = min(page, len(every) - 1)
    where = f" Page {page + 1} of {len(every)}." if len(every) > 1 else ""
    return every[page], page + 1 if page + 1 < len(every) else None, where


def done_card(title: str, done: Sequence[Done]) -> Card:
    """What became of a step, a line each, failures first; nothing is summed up that is not so."""
    ordered = sorted(done, key=lambda one: _WORST_FIRST.index(_end(one)))
    lines = _fitting([_line(one) for one in ordered])
    ends, unlisted = [_end(one) for one in ordered], [_end(one) for one in ordered[len(lines) :]]
    failed, under_way = ends.count(_FAILED), ends.count(_UNDER_WAY)
    beyond = unlisted.count(_FAILED)
    sent = len(unlisted) - beyond
    return Card(
        title=title,
        tone=Tone.CAUTION if failed or under_way else Tone.GOOD,
        badges=tuple(sorted({environment(one.what) for one in done})),
        lead="" if done else "There was nothing to do.",
        sections=(Section(heading="One by one", lines=lines),) if done else (),
        notes=(
            *((f"{failed} did not go through. Look at them, and at your broker.",) * bool(failed)),
            *((f"{beyond} of these are not listed: /panic shows what is open.",) * bool(beyond)),
            *((f"{sent} more: /orders shows them.",) * bool(sent)),
            *(("What is on its way is followed: /orders shows it.",) * bool(under_way)),
        ),
        buttons=(_button("Resume trading", "resume", Style.SECONDARY),),
    )


def _fitting(lines: Sequence[str]) -> tuple[str, ...]:
    """As many as a card has room for, each cut where it is very long."""
    kept: list[str] = []
    left = _ROOM
    for line in lines:
        short = line if len(line) <= _LONGEST_LINE else f"{line[: _LONGEST_LINE - 1]}…"
        left -= len(safe(short)) + 1
        if left < 0 or len(kept) == _MOST_DONE:
            break
        kept.append(short)
    return tuple(kept)


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
_WORST_FIRST: Final = (_FAILED, _UNDER_WAY, _DONE)
_NOT_SENT: Final = frozenset(
    {
        OrderState.REJECTED,
        OrderState.NOT_PLACED,
        OrderState.LAPSED,
        OrderState.EXPIRED,
        OrderState.GONE,
    }
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
    name = deed(what.request) if isinstance(what, Order) else at_its_place(what)
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


def _environments(exposure: Exposure) -> tuple[str, ...]:
    return tuple(sorted({environment(held) for held in exposure.holdings}))


def _unseen(exposure: Exposure, others: Others | None = None) -> tuple[str, ...]:
    doubtful, more = exposure.doubtful, len(exposure.failed) - _MOST_FAILED
    return (
        *(
            f"{one.link.label} does not answer: {_short(one.error.message)}"
            for one in exposure.failed[:_MOST_FAILED]
        ),
        *((f"Other links that do not answer: {more}. Look at your brokers.",) * (more > 0)),
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


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_REASON else f"{text[: _LONGEST_REASON - 1]}…"


def _count(number: int, what: str) -> str:
    return f"{number} {what}" + ("s" if number != 1 else "")


def _button(label: str, step: str, style: Style) -> Button:
    return Button(label=label, custom_id=f"fb:panic:{step}", style=style)
