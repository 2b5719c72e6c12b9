"""Settings, help and privacy."""

from collections.abc import Sequence

from floorbroker.bot.replies.card import PAUSED, Button, Card, Row, Section, Style, Tone
from floorbroker.bot.replies.news_cards import digest_words, news_words
from floorbroker.bot.replies.risk_cards import limit_rows
from floorbroker.bot.replies.setup_cards import reasons
from floorbroker.brokers.availability import Availability
from floorbroker.brokers.registry import get_broker
from floorbroker.domain.people import Person, ServerPolicy
from floorbroker.domain.risk import Limits
from floorbroker.domain.service_pause import ServicePause


def settings_card(
    person: Person,
    *,
    limits: Limits,
    live_offered: bool,
    pause: ServicePause,
    policy: ServerPolicy | None,
    has_live: bool = False,
) -> Card:
    """A person's switches, each with its button, and the limits that apply.

    Args:
        has_live: An account with real money is linked.
    """
    live = _live(person, live_offered, policy)
    closing = "closing a position still works"
    if has_live and live != _ON:
        closing += ", but with real money not here: live trading is off"
    trading = _trading(person, pause, policy, closing)
    paused = trading != _OPEN
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
            Row("Live trading", live),
            Row("Trading", trading),
            *_paused_brokers(pause, closing),
            Row("Results in channels", _sharing(person, policy)),
            Row("Later news", news_words(person)),
            Row("Daily summary", digest_words(person.summary)),
        ),
        sections=(Section(heading="Limits", rows=limit_rows(limits)),),
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


_ON = "on"


def _live(person: Person, offered: bool, policy: ServerPolicy | None) -> str:
    if not offered:
        return "off: the operator has not switched it on"
    if not person.live:
        return "off: you have not switched it on"
    if policy is not None and not policy.live:
        return "on, but not in this server"
    return _ON


_OPEN = "open"


def _trading(person: Person, pause: ServicePause, policy: ServerPolicy | None, closing: str) -> str:
    """Who paused it, the one whom the person can do least about first."""
    if pause.everybody:
        return f"paused by the operator for everybody; {closing}"
    if person.suspended:
        return f"paused by the operator for you; {closing}"
    if policy is not None and policy.suspended:
        return f"paused by the operator in this server; {closing}"
    if policy is not None and policy.paused:
        return f"paused by this server's managers; {closing}"
    return f"paused by you; {closing}" if person.paused else _OPEN


def _paused_brokers(pause: ServicePause, closing: str) -> tuple[Row, ...]:
    """Brokers at which the operator paused everybody."""
    if not pause.brokers:
        return ()
    names = ", ".join(sorted(get_broker(broker).name for broker in pause.brokers))
    return (Row("Paused brokers", f"{names}, by the operator; {closing}"),)


def _sharing(person: Person, policy: ServerPolicy | None) -> str:
    if person.always_private:
        return "never by themselves"
    if policy is not None and policy.public_results:
        return "posted by this server's rule, without amounts of your account"
    return "only when you press Share"


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
            "/hours shows whether markets are open, and holidays ahead.",
            "/positions, /balance and /portfolio show what you have, with its age.",
            "/alert price tells you when a price is reached; it never sends an order.",
            "/risk show tells what is at stake, and your limits; /risk set makes them tighter.",
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
                    "Your Discord id, your choices and alerts, your orders with their history.",
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
