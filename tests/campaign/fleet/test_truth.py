"""What the fleet's rows look for, they find: an order that is lost, doubled or told untruly."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from floorbroker.domain.ids import OrderId
from floorbroker.domain.order import Claim, Order
from floorbroker.domain.order_state import OrderState
from floorbroker.storage.order_documents import document_of
from tests.campaign.fleet import truth
from tests.campaign.fleet.fleet import Fleet
from tests.campaign.fleet.rows import unheard
from tests.campaign.fleet.truth import settled
from tests.campaign.processes import Place
from tests.domain.building import fill, order

FILLED, RESTING = (OrderId(letter * 18) for letter in "ab")


@dataclass
class Exchange:
    """What brokers and cards say; true as it is made."""

    orders: dict[str, dict[str, str]] = field(default_factory=dict)
    sent: dict[str, int] = field(default_factory=dict)
    cards: dict[str, str] = field(default_factory=dict)

    def has(self, one: Order, card: str) -> None:
        entry = {
            "broker": "alpaca",
            "id": one.order_id,
            "state": one.state.value,
            "filled": f"{one.filled_quantity}",
        }
        self.orders[one.order_id] = entry
        self.sent[one.order_id] = 1
        self.cards[one.order_id] = card

    def book(self) -> Mapping[str, Any]:
        return {"orders": list(self.orders.values()), "sent": self.sent}

    def told(self) -> Mapping[str, str]:
        return self.cards


@dataclass
class Served:
    """As much of a fleet as is left when nobody trades any more."""

    place: Place
    exchange: Exchange

    def broken(self) -> list[str]:
        return settled(cast(Fleet, self))[0]


async def _kept(place: Place, *orders: Order) -> None:
    documents = place.open()
    await documents.start(())
    for one in orders:
        await documents.insert("orders", document_of(one))
    await documents.close()


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Served:
    monkeypatch.setattr(truth, "PATIENCE_SECONDS", 0)  # nobody is there who could mend anything
    place = Place(engine="sqlite", address=str(tmp_path / "floor.sqlite3"), key="")
    filled = order(OrderState.FILLED, fills=(fill("1", 10, 100),), order_id=FILLED)
    resting = order(OrderState.ACCEPTED, order_id=RESTING, origin_key="other")
    asyncio.run(_kept(place, filled, resting))
    exchange = Exchange()
    exchange.has(filled, "Filled")
    exchange.has(resting, "Accepted")
    return Served(place, exchange)


def test_where_all_is_true_nothing_is_found(served: Served) -> None:
    assert served.broken() == []


def test_a_card_that_says_something_else_is_found(served: Served) -> None:
    served.exchange.cards[FILLED] = "Accepted"

    assert served.broken() == [f"order {FILLED} is filled, and its card says Accepted"]


def test_an_order_that_nobody_was_told_of_is_found(served: Served) -> None:
    del served.exchange.cards[RESTING]

    assert served.broken() == [f"order {RESTING} is accepted, and its card says None"]


def test_an_order_that_the_broker_never_got_is_found(served: Served) -> None:
    del served.exchange.orders[RESTING]

    assert served.broken() == [f"order {RESTING} is accepted, and not at the broker"]


def test_an_order_that_the_store_has_lost_is_found(served: Served) -> None:
    lost = replace(order(OrderState.ACCEPTED), order_id=OrderId("c" * 18))
    served.exchange.has(lost, "Accepted")

    assert served.broken() == [f"order {lost.order_id} at the broker is not in the store"]


def test_an_order_that_was_sent_twice_is_found(served: Served) -> None:
    served.exchange.sent[FILLED] = 2

    assert served.broken() == [f"order {FILLED} was sent 2 times"]


def test_a_claim_that_nobody_takes_over_is_found_and_one_that_holds_is_none(
    served: Served,
) -> None:
    now = datetime.now(UTC)
    held, left = (
        order(
            OrderState.ACCEPTED,
            order_id=OrderId(letter * 18),
            claim=Claim(owner="a replica", until=now + seconds * timedelta(seconds=1)),
        )
        for letter, seconds in (("d", 60), ("e", -1))
    )
    asyncio.run(_kept(served.place, held, left))
    for one in (held, left):
        served.exchange.has(one, "Accepted")

    assert served.broken() == [f"order {left.order_id} is accepted and still claimed"]


def test_more_silence_than_the_kills_explain_is_found() -> None:
    assert unheard(killed=2, seats=3, not_answered=6) == []
    assert unheard(killed=2, seats=3, not_answered=7) == [
        "7 interactions were not answered, and 2 kills explain 6 at most"
    ]
