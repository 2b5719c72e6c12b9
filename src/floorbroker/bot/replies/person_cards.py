"""Settings, help and privacy."""

from collections.abc import Sequence
from decimal import Decimal

from floorbroker.bot.replies import figures
from floorbroker.bot.replies.card import PAUSED, Button, Card, Row, Section, Style, Tone
from floorbroker.bot.replies.news_cards import news_words
from floorbroker.bot.replies.setup_cards import reasons
from floorbroker.brokers.availability import Availability
from floorbroker.domain.money import Money
from floorbroker.domain.people import Person, ServerPolicy
from floorbroker.domain.risk import Limits


def settings_card(
    person: Person,
    *,
    limits: Limits,
    live_offered: bool,
    service_paused: bool,
    policy: ServerPolicy | None,
) -> Card:
    """A person's switches, each with its button, and the limits that apply."""
    paused = person.paused or service_paused
    buttons = [
        _toggle("paused", person.paused, on="Pause trading", off="Resume trading"),
        _toggle("always_private", person.always_private, on="Keep private", off="Allow sharing"),
        Button(label="Notifications", custom_id="fb:show:notifications"),
    ]
    if live_offered:
        buttons.append(_toggle("live", person.live, on="Live on", off="Live off"))
    return Card(
        title="Settings",
        tone=Tone.CAUTION if paused else Tone.NEUTRAL,
        badges=(PAUSED,) if paused else (),
        rows=(
            Row("Live trading", _live(person, live_offered, policy)),
            Row("Trading", _pause(person, service_paused)),
            Row("Results in channels", _sharing(person, policy)),
            Row("Later news", news_words(person)),
        ),
        sections=(Section(heading="Limits", rows=_limits(limits)),),
        buttons=tuple(buttons),
    )


def _toggle(name: str, is_on: bool, *, on: str, off: str) -> Button:
    state = "off" if is_on else "on"
    return Button(
        label=off if is_on else on,
        custom_id=f"fb:set:{name}.{state}",
        style=Style.DANGER
        if (name, state) in {("paused", "on"), ("live", "on")}
        else Style.SECONDARY,
    )


def _live(person: Person, offered: bool, policy: ServerPolicy | None) -> str:
    if not offered:
        return "off: the operator has not switched it on"
    if not person.live:
        return "off: you have not switched it on"
    if policy is not None and not policy.live:
        return "on, but not in this server"
    return "on"


def _pause(person: Person, service_paused: bool) -> str:
    if service_paused:
        return "paused by the operator for everybody; closing a position still works"
    return "paused by you; closing a position still works" if person.paused else "open"


def _sharing(person: Person, policy: ServerPolicy | None) -> str:
    if person.always_private:
        return "never by themselves"
    if policy is not None and policy.public_results:
        return "posted by this server's rule, without amounts of your account"
    return "only when you press Share"


def _limits(limits: Limits) -> tuple[Row, ...]:
    rows = [
        Row("One order", f"up to {_dollars(limits.max_order_value)}"),
        Row("One position", f"up to {_dollars(limits.max_position_value)}"),
        Row("Orders a day", str(limits.max_orders_per_day)),
        Row("Price collar", f"{_percent(limits.price_collar_percent)} around the market"),
    ]
    if limits.allowed_symbols:
        rows.append(Row("Only", ", ".join(sorted(limits.allowed_symbols))))
    if limits.denied_symbols:
        rows.append(Row("Never", ", ".join(sorted(limits.denied_symbols))))
    return tuple(rows)


def _percent(amount: Decimal) -> str:
    return f"{figures.quantity(amount)} %"


def _dollars(amount: Decimal) -> str:
    return figures.money(Money(amount=amount, currency="USD"))


_HELP = (
    Section(
        heading="Trade",
        lines=(
            "/buy symbol:AAPL quantity:100 shows a review; nothing is sent until you confirm.",
            "/sell and /close work the same way. amount:500 orders for money instead.",
            "limit, stop, trail, take_profit and stop_loss make the other kinds of order.",
            "/orders lists them; /order status, cancel and modify act on one.",
            "/panic pauses at once, and can cancel or close everything. /resume ends the pause.",
        ),
    ),
    Section(
        heading="Look",
        lines=(
            "/quote symbol:AAPL shows what it costs now, and how old that price is.",
            "/positions, /balance and /portfolio show what you have, with its age.",
        ),
    ),
    Section(
        heading="Accounts",
        lines=(
            "/setup broker opens an account; paper needs nothing. /setup accounts lists yours.",
            "/settings holds the pause, live trading and who sees your results.",
            "/data export gives you what is kept on you; /data erase has it erased.",
        ),
    ),
)


def help_card(brokers: Sequence[Availability]) -> Card:
    """How to begin, and what each broker can do."""
    offers = tuple(f"{one.spec.name}: {_offer(one)}" for one in brokers if one.selectable)
    others = reasons(one for one in brokers if not one.selectable)
    return Card(
        title="Floorbroker",
        lead="Trade in your own brokerage account from here. Every order is reviewed first.",
        sections=(*_HELP, Section(heading="Brokers", lines=(*offers, *others))),
    )


def _offer(one: Availability) -> str:
    return ", ".join(sorted(kind.value.replace("_", "-") for kind in one.spec.order_types))


def privacy_card() -> Card:
    """What is kept and who can see it."""
    return Card(
        title="Privacy",
        lead="Replies are private: only you see your cards.",
        sections=(
            Section(
                heading="What is kept",
                lines=(
                    "Your Discord id, your choices, your orders with their history.",
                    "Access to a broker only in sealed form (AES-256-GCM); never a password.",
                    "An audit trail under a pseudonym, without secrets.",
                ),
            ),
            Section(
                heading="In your hands",
                lines=(
                    "/data export: all of it, as a file that only you see.",
                    "/data erase: gone seven days later, access to brokers first. The audit trail "
                    "stays, under the pseudonym.",
                ),
            ),
            Section(
                heading="What is never done",
                lines=(
                    "No key or password is asked for in Discord.",
                    "No withdrawal or transfer: the bot has no code for it.",
                    "Nothing goes to a channel unless you press Share or the server's rule posts "
                    "a redacted result, which /settings can forbid.",
                ),
            ),
        ),
    )
