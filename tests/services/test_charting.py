"""Which of a person's own fills are marked on a chart, and what is said of the others."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from floorbroker.bot.replies.card import Card
from floorbroker.bot.replies.chart_cards import chart_card
from floorbroker.brokers.spec import Capability
from floorbroker.domain.modes import Environment
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Leg, LegRole
from floorbroker.services.charting import ORDERS, Charting, ChartRequest
from floorbroker.services.sources import Sources
from tests.domain.building import AAPL, NOON, fill, order, request
from tests.fakes.exchange.venue import Venue
from tests.floor import ANNA, House
from tests.services.conftest import Build
from tests.services.test_worth import Drawn

FILLED = OrderState.FILLED


@pytest.fixture
async def house(build: Build, venue: Venue) -> House:
    venue.closes["AAPL"] = [Decimal(100 + number) for number in range(20)]
    house = build(venue=venue, offers=frozenset({Capability.BARS}))
    await house.link()
    return house


async def _card(house: House) -> Card:
    sources = Sources(house.accounts, house.sessions)
    charting = Charting(sources, house.list, Drawn(), house.clock)
    charted = await charting.chart(ANNA, ChartRequest(symbol="AAPL"))
    return chart_card(charted, house.clock.now())


def _marked(card: Card) -> list[object]:
    return [row.value for row in card.footer if row.name == "Marked"]


async def test_a_fill_is_marked_however_many_orders_of_other_things_are_newer(
    house: House,
) -> None:
    await house.stored_orders.add(order(FILLED, fills=(fill("mine"),)))
    other = request(instrument=replace(AAPL, symbol="MSFT"))
    for number in range(ORDERS + 1):
        later = NOON + timedelta(seconds=number + 1)
        made = order(FILLED, request=other, created_at=later, fills=(fill(f"{number}"),))
        await house.stored_orders.add(made)

    card = await _card(house)

    assert _marked(card) == ["1 fill of your orders from here"]
    assert "1 of your fills is marked." in card.pictures[0].alt


async def test_fills_with_the_other_kind_of_money_are_not_marked(house: House) -> None:
    live = order(FILLED, environment=Environment.LIVE, fills=(fill("live"),))
    await house.stored_orders.add(live)

    card = await _card(house)

    assert _marked(card) == []


async def test_a_closing_order_that_filled_is_said_to_have_no_mark(house: House) -> None:
    legs = (
        Leg(role=LegRole.TAKE_PROFIT, price=Decimal(120), state=FILLED),
        Leg(role=LegRole.STOP_LOSS, price=Decimal(80), state=OrderState.CANCELED),
    )
    await house.stored_orders.add(order(FILLED, fills=(fill("mine"),), legs=legs))

    card = await _card(house)

    assert _marked(card) == [
        "1 fill of your orders from here; not those of take-profits and stop-losses"
    ]


async def test_more_orders_than_are_looked_through_are_said(house: House) -> None:
    for number in range(ORDERS + 1):
        later = NOON + timedelta(seconds=number)
        made = order(FILLED, created_at=later, fills=(fill(f"{number}"),))
        await house.stored_orders.add(made)

    card = await _card(house)

    assert _marked(card) == [
        f"{ORDERS} fills of your orders from here; only those of your newest {ORDERS} orders of it"
    ]
