"""What was traded and what it made, a page at a time."""

from floorbroker.bot.replies import custom_ids, figures
from floorbroker.bot.replies.card import Button, Card, CardFile, Row, Section
from floorbroker.bot.replies.order_words import deed, filled, state_word, terms
from floorbroker.domain.order import Order
from floorbroker.services.history import History, Made, Period, as_csv
from floorbroker.services.lookback import READ

CSV = "csv"
_PERIODS = {
    Period.DAY: "Today",
    Period.WEEK: "This week",
    Period.MONTH: "This month",
    Period.YEAR: "This year",
    Period.ALL: "In all",
}


def history_card(history: History, page: int) -> Card:
    """Profit of what was closed, by period, and one page of orders."""
    asked = history.asked
    page = min(max(page, 0), history.pages - 1)
    shown = history.page(page)
    what = f" · {asked.symbol}" if asked.symbol else ""
    notes = []
    unknown = history.made[Period.ALL].unknown
    if unknown:
        notes.append(
            f"{_count(unknown, 'closing')} with units of unknown cost (opened elsewhere or before, "
            "or closed by a bracket): those units are not counted."
        )
    none = (
        "None of the orders looked through was sent in this time."
        if history.more or history.unreadable
        else "You sent no orders in this time."
    )
    return Card(
        title=f"History{what} · {_PERIODS[asked.period].lower()}",
        badges=(history.environment.value.upper(),),
        lead="" if shown else none,
        rows=tuple(
            Row(f"Realised {_PERIODS[p].lower()}", _made(m)) for p, m in history.made.items()
        ),
        sections=(
            (
                Section(
                    heading=f"Orders, page {page + 1} of {history.pages}",
                    rows=tuple(_order(order, history) for order in shown),
                ),
            )
            if shown
            else ()
        ),
        notes=(*notes, *_left_out(history)),
        footer=(Row("Counted", "orders sent here, first in first out, fees in the same money"),),
        buttons=_buttons(history, page),
    )


def csv_card(history: History) -> Card:
    """All orders of the period as a file."""
    return Card(
        title="History as a file",
        lead=f"{_count(len(history.orders), 'order')}, newest first; times in UTC.",
        badges=(history.environment.value.upper(),),
        notes=_left_out(history),
        files=(CardFile(name="history.csv", data=as_csv(history)),),
    )


def _left_out(history: History) -> tuple[str, ...]:
    """Why some of it is unknown, or missing."""
    notes = []
    if history.more:
        symbol = history.asked.symbol
        what = f"{symbol} orders" if symbol else "orders"
        notes.append(
            f"Only your newest {READ:,} {history.environment.value} {what} are looked through. "
            "What a trade or a period made is unknown where older orders may count."
            + ("" if symbol else " With a symbol, /history looks further back.")
        )
    if history.unreadable:
        notes.append(
            f"{_count(history.unreadable, 'order')} cannot be read by this version and may count: "
            "what was made is unknown."
        )
    return tuple(notes)


def _made(made: Made) -> str:
    if not made.whole:
        return "unknown"
    if not made.closings:
        return "nothing closed"
    sums = ", ".join(figures.change(m.amount, m.currency) for m in made.profits.values())
    return f"{sums or 'unknown'} ({_count(made.closings, 'closing')})"


def _order(order: Order, history: History) -> Row:
    when = (order.sent_at or order.created_at).strftime("%d %b %H:%M")
    done = filled(order) or terms(order.request)
    made = history.realised.get(order.order_id)
    currency = order.request.instrument.currency
    profit = "" if made is None else f" · {figures.change(made, currency)}"
    return Row(f"{when} {deed(order.request)}", f"{state_word(order)} · {done}{profit}")


def _buttons(history: History, page: int) -> tuple[Button, ...]:
    wanted = (
        ("Newer", str(page - 1), page > 0),
        ("Older", str(page + 1), page + 1 < history.pages),
        ("CSV", CSV, bool(history.orders)),
    )
    made = []
    for label, where, there in wanted:
        custom_id = custom_ids.choice("history", _what(history, where))
        if there and custom_id is not None:
            made.append(Button(label=label, custom_id=custom_id))
    return tuple(made)


def _what(history: History, where: str) -> str:
    return f"{where}.{history.asked.period}.{history.environment}.{history.asked.symbol}"


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"
