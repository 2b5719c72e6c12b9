"""What a button or a form carries: an action and what it is about, at most 100 characters."""

import re
from typing import Final

from floorbroker.domain.ids import OrderId

LONGEST: Final = 100

ORDER: Final = re.compile(
    r"fb:(?P<action>confirm|anyway|discard|cancel|refresh|share):(?P<order_id>[a-z0-9]{18})"
)
CHOICE: Final = re.compile(
    r"fb:(?P<action>set|remove|keep|close|paper|link|renew|panic|data|history|people|show|orders"
    r"|watch|chain|contract)"
    r":(?P<what>[A-Za-z0-9_./:@-]{1,88})"
)
DECIDE: Final = re.compile(r"fb:decide:(?P<order_id>[a-z0-9]{18}):(?P<which>[A-Za-z0-9-]{1,64})")
IDEA: Final = re.compile(r"fb:idea:(?P<idea_id>[0-9a-f]{16})")
ALERT: Final = re.compile(
    r"fb:alert:(?P<action>review|remove|page|arm|disarm):(?P<what>[0-9a-f]{1,16})"
)
PLACE: Final = re.compile(r"fb:place:(?P<alert_id>[0-9a-f]{16}):(?P<placing_id>[0-9a-f]{16})")
CONTRACTS: Final = re.compile(r"fb:contracts:(?P<account>[A-Za-z0-9_./@-]{0,80})")
TRADE: Final = re.compile(
    r"fb:(?P<side>buy|sell):(?P<symbol>[A-Z0-9]{7,21}):(?P<account>[A-Za-z0-9_./@-]{0,66})"
)
SIZE: Final = re.compile(r"fb:size:(?P<way>idea|buy|sell):(?P<what>[A-Za-z0-9]{7,21})")
NEWS: Final = re.compile(r"fb:news:(?P<kind>[a-z]{1,20})")
NONE: Final = "none"
BROKER_MENU: Final = "fb:brokers"


def order(action: str, order_id: OrderId) -> str:
    """A button about one order."""
    return f"fb:{action}:{order_id}"


def decide(order_id: OrderId, which: str) -> str | None:
    """A button that says which order at the broker it is, by its id there, or `NONE`.

    None where it would not fit.
    """
    text = f"fb:decide:{order_id}:{which}"
    return text if DECIDE.fullmatch(text) and len(text) <= LONGEST else None


def choice(action: str, what: str) -> str | None:
    """A button about something else; None where it would not fit."""
    text = f"fb:{action}:{what}"
    return text if CHOICE.fullmatch(text) and len(text) <= LONGEST else None


def place(alert_id: str, placing_id: str) -> str:
    """The button that arms exactly what its card shows."""
    return f"fb:place:{alert_id}:{placing_id}"


def contracts(account: str) -> str | None:
    """The menu of the contracts on a card, and whose account was named, if any."""
    text = f"fb:contracts:{account}"
    return text if CONTRACTS.fullmatch(text) and len(text) <= LONGEST else None


def trade(side: str, symbol: str, account: str) -> str | None:
    """A button that opens the form of an order."""
    text = f"fb:{side}:{symbol}:{account}"
    return text if TRADE.fullmatch(text) and len(text) <= LONGEST else None


def size(way: str, what: str) -> str:
    """The form of an order: by an idea's id, or a side and the symbol of a contract."""
    return f"fb:size:{way}:{what}"
