"""The cards of an order that goes out by itself: asked, armed, disarmed."""

from dataclasses import replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Final

from floorbroker.bot.replies import custom_ids, figures
from floorbroker.bot.replies.card import Button, Card, Moment, Row, Style, Tone
from floorbroker.bot.replies.order_words import TIME_IN_FORCE, deed
from floorbroker.bot.replies.own_alert_cards import (
    badges,
    disarm_button,
    remove_button,
    show_order,
    words,
)
from floorbroker.brokers.registry import get_broker
from floorbroker.domain.modes import Environment
from floorbroker.domain.money import Money
from floorbroker.domain.order import Order
from floorbroker.domain.orders import OrderRequest, Side
from floorbroker.domain.own_alerts import AlertKind, OwnAlert, Standing
from floorbroker.domain.placing import LONGEST, Placing, Stage

_CENT: Final = Decimal("0.01")
_CONDITIONS: Final = (
    "It is judged as a Confirm at that moment: pauses, limits, the price and its age, the same "
    "order sent before. If anything stands in the way, nothing is sent, and you get the review.",
    "One order at most. After it, or after a week, it is not armed any more.",
)
_WHOLE: Final = (
    "After the whole fill only. If the order ends with a part filled, nothing is sent, and you get "
    "the review."
)


def arm_button(alert: OwnAlert) -> Button:
    """The first of two steps; nothing is armed by it."""
    return Button(label="Place it by itself …", custom_id=f"fb:alert:arm:{alert.alert_id}")


def ask_card(alert: OwnAlert) -> Card:
    """What would happen, and the question; or that it is armed already."""
    placing = alert.placing
    if placing is None or placing.stage is not Stage.ASKED:
        return armed_card(alert)
    live = alert.environment is Environment.LIVE
    money = "with real money, " if live else ""
    return Card(
        title=f"Place it by itself? · {words(alert)}",
        tone=Tone.BAD if live else Tone.CAUTION,
        badges=badges(alert),
        lead=f"When this alert fires, the order below goes to {get_broker(alert.broker).name} "
        f"{money}without asking you again. Nothing is armed yet.",
        rows=(
            *order_rows(alert, placing.request),
            Row("Armed for", _lasting(alert, placing)),
        ),
        notes=(
            *_changed(alert, placing),
            *_after_whole(alert),
            *_CONDITIONS,
        ),
        footer=(Row("Confirm before", placing.until),),
        # Not now stands where the button of before was: a second click there must do no harm.
        buttons=(
            Button(
                label="Confirm: place it by itself",
                custom_id=custom_ids.place(alert.alert_id, placing.placing_id),
                style=Style.DANGER if live else Style.SUCCESS,
            ),
            replace(disarm_button(alert, "Not now"), style=Style.SECONDARY),
        ),
    )


def armed_card(alert: OwnAlert) -> Card:
    """From now on it waits for its firing."""
    placing = alert.placing
    if placing is None or placing.stage is not Stage.ARMED:
        return Card(title=f"Not armed · {words(alert)}", badges=badges(alert))
    return Card(
        title=f"Armed · {words(alert)}",
        tone=Tone.CAUTION,
        badges=badges(alert),
        lead="When this alert fires, the order goes out by itself, once. Nothing was sent yet.",
        rows=(*order_rows(alert, placing.request), Row("Armed until", Moment(placing.until))),
        notes=(
            *_after_whole(alert),
            "You are told by direct message. /panic keeps it from going out.",
        ),
        # A second click on Confirm must neither disarm nor remove.
        buttons=(
            Button(label="Show alerts", custom_id="fb:alert:page:1"),
            disarm_button(alert),
        ),
    )


def disarmed_card(alert: OwnAlert, sent: Order | None) -> Card:
    """It does not go out any more, or it has gone out already."""
    if sent is not None:
        return Card(
            title=f"Too late to disarm · {words(alert)}",
            tone=Tone.BAD,
            badges=badges(alert),
            lead=f"{deed(sent.request)}: the order was sent already.",
            notes=("Show order says where it stands, and cancels it while it is open.",),
            buttons=(show_order(sent.order_id),),
        )
    waits = alert.standing is Standing.AT_WORK
    later = "The alert itself stays, and a review comes when it fires."
    return Card(
        title=f"Not armed · {words(alert)}",
        badges=badges(alert),
        lead=f"Nothing goes out by itself. {later if waits else 'The alert has fired already.'}",
        buttons=(remove_button(alert), arm_button(alert)) if waits else (),
    )


def order_rows(alert: OwnAlert, request: OrderRequest) -> tuple[Row, ...]:
    """The exact order: nothing is rounded that could make it look smaller."""
    buys, currency = request.side is Side.BUY, request.instrument.currency
    quantity, limit = request.quantity or Decimal(0), request.limit_price or Decimal(0)
    worth = quantity * limit * request.instrument.multiplier
    whole = worth.quantize(_CENT, ROUND_CEILING if buys else ROUND_FLOOR)
    most = figures.money(Money(amount=whole, currency=currency))
    return (
        Row("Account", alert.account),
        Row("Order", f"{deed(request)} · {TIME_IN_FORCE[request.time_in_force]}"),
        Row("Limit", f"{_exactly(limit)} {currency} each, {'at most' if buys else 'at least'}"),
        Row("Pays at most" if buys else "Gets at least", f"{most} in all, fees apart"),
    )


def _exactly(price: Decimal) -> str:
    cents = price.quantize(_CENT)
    return f"{cents:,f}" if cents == price else f"{price.normalize():,f}"


def _lasting(alert: OwnAlert, placing: Placing) -> str | Moment:
    week = placing.at + LONGEST
    return Moment(alert.ends_at) if alert.ends_at < week else "a week from Confirm"


def _after_whole(alert: OwnAlert) -> tuple[str, ...]:
    return (_WHOLE,) if alert.kind is AlertKind.FILL else ()


def _changed(alert: OwnAlert, placing: Placing) -> tuple[str, ...]:
    prepared, request = alert.prepared, placing.request
    if prepared is None:
        return ()
    if (prepared.quantity, prepared.limit) == (request.quantity, request.limit_price):
        return ()
    return ("The order is rounded to your broker's steps.",)
