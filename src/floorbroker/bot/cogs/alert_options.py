"""What the options of /alert mean, and how their texts become values."""

from typing import Any
from zoneinfo import available_timezones

from discord import app_commands
from discord.app_commands import Choice

from floorbroker.bot.cogs.options import MOST
from floorbroker.domain.errors import NotYours
from floorbroker.domain.ids import OrderId, is_order_id
from floorbroker.domain.orders import Side, TimeInForce
from floorbroker.domain.own_alerts import MOST_DAYS

SIDES = [Choice(name=side.value, value=side.value) for side in Side]
TIMES = [
    Choice(name="today only", value="day"),
    Choice(name="good til canceled", value="gtc"),
]
Days = app_commands.Range[int, 1, MOST_DAYS]
DESCRIBED = {
    "symbol": "What to look at, such as AAPL or BTC/USD",
    "repeat": "Each time it happens, not only the first",
    "ends": "After how many days it ends; left out, 30",
    "account": "Which of your accounts; left out, your default",
    "side": "Also prepare an order for you to review then: buy or sell",
    "quantity": "Of the prepared order",
    "amount": "Of the prepared order, in money instead of a quantity",
    "limit": "Limit price of the prepared order",
    "stop": "Stop price of the prepared order",
    "time_in_force": "How long the prepared order would live",
}

_ZONES = sorted(zone for zone in available_timezones() if "/" in zone or zone == "UTC")


def prepared(
    side: Choice[str] | None,
    quantity: str | None,
    amount: str | None,
    limit: str | None,
    stop: str | None,
    time_in_force: Choice[str] | None,
) -> dict[str, Any]:
    """The options of a prepared order, as `Wishes` takes them."""
    return {
        "side": None if side is None else Side(side.value),
        "quantity": quantity,
        "amount": amount,
        "limit": limit,
        "stop": stop,
        "time_in_force": None if time_in_force is None else TimeInForce(time_in_force.value),
    }


def order_id(text: str | None) -> OrderId | None:
    """An id of ours, checked before it reaches the store.

    Raises:
        NotYours: It does not even look like one.
    """
    if text is None:
        return None
    if not is_order_id(text):
        raise NotYours("There is no such order. Choose one from the suggestions, or see /orders.")
    return OrderId(text)


def zones(typed: str) -> list[Choice[str]]:
    """Time zones whose name holds what was typed."""
    wanted = typed.casefold().replace(" ", "_")
    found = [zone for zone in _ZONES if wanted in zone.casefold()]
    return [Choice(name=zone, value=zone) for zone in found[:MOST]]
