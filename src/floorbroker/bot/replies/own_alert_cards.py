"""A person's own alerts: set, listed, removed, and what they have seen."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from floorbroker.bot.replies import custom_ids, figures
from floorbroker.bot.replies.card import Button, Card, Row, Section, Style, Tone
from floorbroker.bot.replies.order_words import TIME_IN_FORCE, deed, terms
from floorbroker.domain.ids import OrderId
from floorbroker.domain.money import Money
from floorbroker.domain.own_alerts import AlertKind, OwnAlert, PreparedOrder, Standing
from floorbroker.domain.placing import Stage
from floorbroker.domain.quiet_hours import QuietHours

A_PAGE: Final = 10
_ASLEEP: Final = (
    "Nobody can look there until it works again: /setup status shows it. Other alerts at it sleep "
    "too. They go on by themselves, and end when they were to end."
)
_SWITCHED_OFF: Final = (
    "The operator has switched off that alerts place orders. Until that is on again, an alert only "
    "tells you, with the review."
)
_CUT_OFF: Final = (
    "Every alert that looked there has ended, and no other account takes its place. /alert sets "
    "new ones."
)


def set_card(alert: OwnAlert, quiet: QuietHours | None, more: tuple[Button, ...] = ()) -> Card:
    """It is at work from now on; `more` is what else can be done with it."""
    return Card(
        title=f"Alert set · {words(alert)}",
        tone=Tone.GOOD,
        badges=badges(alert),
        lead="You are told by direct message.",
        rows=(
            Row("Looks at", alert.account),
            *_start_rows(alert),
            Row("How often", "each time" if alert.repeat else "once"),
            Row("Ends", alert.ends_at),
            *_prepared_rows(alert),
            *((Row("Quiet hours", quiet.words),) if quiet else ()),
        ),
        notes=_notes(alert),
        buttons=(remove_button(alert), *more),
    )


def news_card(alert: OwnAlert, now: datetime) -> Card:
    """What it has to tell: that it fired, that it sleeps, or that its link was removed."""
    if alert.asleep_news and alert.standing is Standing.DONE:
        return Card(
            title=f"Alert ended · {words(alert)}",
            tone=Tone.CAUTION,
            badges=badges(alert),
            lead=f"{alert.account} was removed. {_CUT_OFF}",
        )
    if alert.asleep_news or alert.firing is None:
        return Card(
            title=f"Alert sleeps · {words(alert)}",
            tone=Tone.CAUTION,
            badges=badges(alert),
            lead=f"{alert.account} does not work at the moment. {_ASLEEP}",
            buttons=(remove_button(alert),),
        )
    return _fired_card(alert, now)


def removed_card(alert: OwnAlert) -> Card:
    """It is gone."""
    return Card(title="Alert removed", badges=badges(alert), lead=f"{words(alert)}.")


def list_card(
    alerts: Sequence[OwnAlert], quiet: QuietHours | None, page: int = 1, *, may_place: bool = True
) -> Card:
    """One page of a person's alerts, with Disarm; a page that there is no more is the last.

    `may_place`: whether the operator lets alerts place orders now.
    """
    pages = max(-(-len(alerts) // A_PAGE), 1)
    page = min(max(page, 1), pages)
    shown = alerts[(page - 1) * A_PAGE : page * A_PAGE]
    turns = [("Back", page - 1, page > 1), ("Next", page + 1, page < pages)]
    return Card(
        title="Alerts",
        badges=tuple(sorted({badge for alert in shown for badge in badges(alert)})),
        lead="" if alerts else "You have none. /alert price sets one.",
        sections=tuple(
            Section(heading=words(one), lines=(_state(one, may_place),), rows=_ends(one))
            for one in shown
        ),
        notes=(_SWITCHED_OFF,) * (not may_place and any(one.stage is Stage.ARMED for one in shown)),
        footer=(
            Row("Quiet hours", quiet.words if quiet else "none"),
            *((Row("Remove", "/alert remove"),) * bool(alerts)),
            *((Row("Page", f"{page} of {pages}"),) * (pages > 1)),
        ),
        buttons=(
            *(
                Button(label=label, custom_id=f"fb:alert:page:{number}")
                for label, number, there in turns
                if there
            ),
            *(
                disarm_button(one, f"Disarm {words(one)}")
                for one in shown
                if one.stage is Stage.ARMED
            ),
        ),
    )


def quiet_card(quiet: QuietHours | None) -> Card:
    """When alerts wait."""
    lead = "Alerts ring at any hour. /alert quiet sets hours in which they wait."
    if quiet is not None:
        lead = f"{quiet.words}. What fires then is told once they are over, with its time; of a "
        lead += "price that was reached several times, the last one and how often."
    return Card(title="Quiet hours", lead=lead)


def words(alert: OwnAlert) -> str:
    """`AAPL above $240.00`, `AAPL 5 % up, at $231.00`."""
    level, instrument = alert.level, alert.instrument
    if level is not None and instrument is not None:
        at = figures.price(level.price, instrument.currency)
        if level.percent is None:
            return f"{instrument.symbol} {'above' if level.above else 'below'} {at}"
        way = "up" if level.above else "down"
        return f"{instrument.symbol} {figures.quantity(level.percent)} % {way}, at {at}"
    if alert.kind is AlertKind.FILL:
        return f"Fill of {alert.order_words}" if alert.order_id else f"Fills at {alert.account}"
    days = f"{alert.days} day{'' if alert.days == 1 else 's'} before"
    what = instrument.name or instrument.symbol if instrument else f"contracts at {alert.account}"
    return f"Expiry of {what}, {days}"


def _fired_card(alert: OwnAlert, now: datetime) -> Card:
    firing, instrument = alert.firing, alert.instrument
    assert firing is not None  # noqa: S101  # the caller has looked
    rows = [Row("Seen", firing.at)]
    notes = []
    if firing.price is not None and instrument is not None:
        price = figures.price(firing.price, instrument.currency)
        rows = [Row("Price then", price), Row("Seen", firing.at)]
        if (times := firing.number - alert.told) > 1:
            notes.append(f"{times} times since you were last told; this is the last one.")
        if firing.delayed:
            notes.append("This price is delayed: the market may be elsewhere by now.")
    if firing.more:
        notes.append(f"And {firing.more} more, which are not listed here.")
    reviewable = alert.reviewable(now)
    went = alert.placing if alert.stage is Stage.SENT else None
    if went is not None:
        notes.append(
            "It went out by itself, as you had armed it. Show order says what became of it."
        )
    if alert.placing is not None and alert.stage is Stage.NOT_SENT:
        notes.append(f"The order that you had armed was not placed. {alert.placing.why}".rstrip())
    buttons = [
        *((show_order(went.order_id),) if went is not None and went.order_id is not None else ()),
        *((_review(alert),) if reviewable else ()),
        *((remove_button(alert),) if alert.repeat else ()),
    ]
    footer = [Row("Source", firing.source)] if firing.source else []
    if firing.price_at is not None:
        footer.insert(0, Row("Price of", firing.price_at))
    return Card(
        title=f"Alert · {words(alert)}{'' if went is None else ' · order sent'}",
        tone=Tone.CAUTION,
        badges=badges(alert),
        sections=(Section(heading="What happened", lines=firing.lines),) if firing.lines else (),
        rows=(*rows, *_start_rows(alert), *_order_rows(alert)),
        notes=(
            *notes,
            *(("Nothing was sent. Review makes a card that you confirm.",) * reviewable),
        ),
        footer=tuple(footer),
        buttons=tuple(buttons),
    )


def _start_rows(alert: OwnAlert) -> tuple[Row, ...]:
    """What a percentage counts from: the price when the alert was set."""
    level = alert.level
    if level is None or level.start is None or alert.instrument is None:
        return ()
    start = Row("Counted from", figures.price(level.start, alert.instrument.currency))
    return (start,) if level.start_at is None else (start, Row("Counted since", level.start_at))


def _notes(alert: OwnAlert) -> tuple[str, ...]:
    notes = []
    if alert.kind is AlertKind.FILL and alert.order_id is None:
        notes.append(
            "It tells orders that were placed elsewhere, and your own from here only where that "
            "news is silent or off in /settings, Notifications. Each order once, at its end."
        )
    if alert.level is not None and not alert.armed:
        notes.append(
            "The price is there already. It has to go back by half a percent first; then reaching "
            "it tells you."
        )
    if alert.level is not None and alert.repeat:
        notes.append(
            "Again when the price went back by half a percent, and after 15 minutes at least."
        )
    if alert.prepared is not None:
        notes.append("The order is not sent when it fires. You get a review, and Confirm sends it.")
    return tuple(notes)


def _order_rows(alert: OwnAlert) -> tuple[Row, ...]:
    """What went out, or else what Review makes a draft of."""
    if alert.placing is None or alert.stage is not Stage.SENT:
        return _prepared_rows(alert)
    request = alert.placing.request
    return (Row("Order", f"{deed(request)} · {terms(request)}"), Row("Account", alert.account))


def _prepared_rows(alert: OwnAlert) -> tuple[Row, ...]:
    if alert.prepared is None:
        return ()
    usual = "USD" if alert.instrument is None else alert.instrument.currency
    currency = alert.prepared.currency or usual
    return (Row("Prepared order", _order_words(alert.prepared, currency)),)


def _order_words(order: PreparedOrder, currency: str) -> str:
    size = "" if order.quantity is None else f"{figures.quantity(order.quantity)} {order.symbol}"
    if order.amount is not None:
        amount = figures.money(Money(amount=order.amount, currency=currency))
        size = f"{amount} of {order.symbol}"
    parts = [f"{order.side.value.capitalize()} {size}"]
    parts += [f"stop {figures.price(order.stop, currency)}"] if order.stop else []
    parts += [f"limit {figures.price(order.limit, currency)}"] if order.limit else []
    parts += [] if order.stop or order.limit else ["at the market"]
    parts += [TIME_IN_FORCE[order.time_in_force]] if order.time_in_force else []
    return " · ".join(parts)


def _ends(alert: OwnAlert) -> tuple[Row, ...]:
    ends = Row("Ends", alert.ends_at)
    if alert.placing is None or alert.stage is not Stage.ARMED:
        return (ends,)
    request = alert.placing.request
    order = f"{deed(request)} · {terms(request)}"
    return (ends, Row("Order", order), Row("Armed until", alert.placing.until))


def _state(alert: OwnAlert, may_place: bool) -> str:
    parts = ["each time" if alert.repeat else "once"]
    if alert.times:
        parts.append(f"fired {alert.times} time{'' if alert.times == 1 else 's'}")
    if alert.asleep_since is not None:
        parts.append("asleep: its account does not work")
    elif alert.level is not None and not alert.armed:
        parts.append("waits until the price goes back")
    if alert.stage is Stage.ARMED:
        goes = "goes out by itself" if may_place else "does not go out now"
        parts.append(f"armed: its order {goes}")
    elif alert.prepared is not None:
        parts.append("with a prepared order")
    return " · ".join(parts)


def badges(alert: OwnAlert) -> tuple[str, ...]:
    """PAPER or LIVE, of the account that it looks through."""
    return (alert.environment.value.upper(),)


def show_order(order_id: OrderId) -> Button:
    """The order as it stands now, in the place of the card."""
    return Button(
        label="Show order",
        custom_id=custom_ids.order("refresh", order_id),
        style=Style.PRIMARY,
    )


def _review(alert: OwnAlert) -> Button:
    return Button(
        label="Review order", custom_id=f"fb:alert:review:{alert.alert_id}", style=Style.PRIMARY
    )


def disarm_button(alert: OwnAlert, label: str = "Disarm") -> Button:
    """At once, without a question."""
    return Button(
        label=label[:80], custom_id=f"fb:alert:disarm:{alert.alert_id}", style=Style.DANGER
    )


def remove_button(alert: OwnAlert) -> Button:
    """Takes the alert away, armed or not."""
    return Button(label="Remove alert", custom_id=f"fb:alert:remove:{alert.alert_id}")
