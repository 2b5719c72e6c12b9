"""A card as it goes to Discord."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from floorbroker.bot.replies.card import Card
from floorbroker.bot.replies.components import payload_of
from floorbroker.brokers.availability import Availability, availabilities
from floorbroker.domain.ids import AccountId, BrokerId, LinkId, UserId
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.modes import DeploymentMode, Environment
from floorbroker.domain.money import usd
from floorbroker.domain.order import Intent, IntentKind, IntentState, Order, OrderEvent
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.people import Link
from floorbroker.domain.portfolio import Balances, BrokerAccount, Position
from floorbroker.services.portfolio import Holdings
from floorbroker.services.reachable import LinkedAccount
from tests.domain.building import NOON, order

MOST_COMPONENTS: Final = 40
MOST_CHARACTERS: Final = 4_000
_ROW, _BUTTON, _MENU, _TEXT, _CONTAINER = 1, 2, 3, 10, 17


@dataclass(frozen=True, slots=True)
class Drawn:
    """One message with Components V2."""

    payload: dict[str, Any]

    @property
    def components(self) -> list[dict[str, Any]]:
        """All of them, nested ones included."""
        return list(_walked(self.payload["components"]))

    @property
    def texts(self) -> list[str]:
        """Every text, with its marks."""
        return [one["content"] for one in self.components if one["type"] == _TEXT]

    @property
    def text(self) -> str:
        """All texts."""
        return "\n".join(self.texts)

    @property
    def buttons(self) -> dict[str, dict[str, Any]]:
        """By label."""
        return {one["label"]: one for one in self.components if one["type"] == _BUTTON}

    @property
    def options(self) -> list[dict[str, Any]]:
        """Of the menu."""
        menus = (one for one in self.components if one["type"] == _MENU)
        return [option for menu in menus for option in menu["options"]]

    @property
    def accents(self) -> list[int]:
        """The colour of each card."""
        return [one["accent_color"] for one in self.components if one["type"] == _CONTAINER]

    def assert_fits(self) -> None:
        """Discord would take it."""
        assert len(self.components) <= MOST_COMPONENTS
        assert sum(map(len, self.texts)) <= MOST_CHARACTERS
        ids = [one["custom_id"] for one in self.components if "custom_id" in one]
        assert len(ids) == len(set(ids))
        assert all(0 < len(custom_id) <= 100 for custom_id in ids)
        for one in self.components:
            if one["type"] == _ROW:
                assert 1 <= len(one["components"]) <= 5
            if one["type"] == _BUTTON:
                assert 0 < len(one["label"]) <= 80
            if one["type"] == _TEXT:
                assert one["content"]
        assert len(self.options) <= 25
        assert all(0 < len(option["label"]) <= 100 for option in self.options)
        assert all(len(option.get("description") or "") <= 100 for option in self.options)


def drawn(*cards: Card) -> Drawn:
    """The cards as one message."""
    return Drawn(payload_of(*cards))


def _walked(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for one in components:
        yield one
        yield from _walked(one.get("components", []))


def order_in(state: OrderState, **fields: Any) -> Order:
    """An order that got there."""
    events = (OrderEvent(at=NOON, what="test", state=state),)
    return order(state, **{"events": events, **fields})


def intent(kind: IntentKind, state: IntentState) -> Intent:
    """A cancel or modify."""
    return Intent(kind=kind, origin_key="click", state=state, at=NOON)


def brokers(mode: DeploymentMode, *configured: str) -> tuple[Availability, ...]:
    """Every broker as this deployment sees it."""
    return availabilities(mode, frozenset(configured))


def account(number: int = 1, label: str = "Paper", **fields: Any) -> LinkedAccount:
    """An account of Anna's."""
    link = Link(
        link_id=LinkId(f"link-{number}"),
        user_id=UserId("100000000000000001"),
        broker=BrokerId("paper"),
        environment=fields.pop("environment", Environment.PAPER),
        label=label,
        created_at=NOON,
    )
    of_broker = BrokerAccount(account_id=AccountId(f"A-{number}"), number=f"PAPER{number:06}")
    return LinkedAccount(link=link, account=of_broker)


def position(symbol: str, quantity: str = "10", price: str | None = "200") -> Position:
    """A holding bought at 150."""
    return Position(
        instrument=Instrument(symbol=symbol, asset_class=AssetClass.EQUITY),
        quantity=Decimal(quantity),
        average_price=Decimal(150),
        market_price=None if price is None else Decimal(price),
        as_of=NOON,
    )


def holdings(
    *positions: Position, of: LinkedAccount | None = None, at: datetime = NOON
) -> Holdings:
    """An account with these in it."""
    balances = Balances(
        cash=usd(1_000),
        equity=usd(9_000),
        buying_power=usd(2_000),
        as_of=at,
        day_profit=usd("-12.5"),
        realised_profit=usd(30),
    )
    return Holdings(account=of or account(), balances=balances, positions=positions)
