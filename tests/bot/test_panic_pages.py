"""From a list on many pages to what is sent: each click as its button says."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, cast

import pytest

from floorbroker.bot.panic_on_cards import PanicCards
from floorbroker.bot.replies.card import Card
from floorbroker.services.floor import Floor
from floorbroker.services.panic import Done, Exposure, Holding
from tests.bot.drawn import account, drawn, position
from tests.fakes.clock import ManualClock
from tests.floor import caller, settings


class Positions:
    """Stands in for the service: tells what is held and notes what was agreed to."""

    def __init__(self, count: int) -> None:
        self.held = [
            Holding(account=account(), position=position(f"S{number:04}"))
            for number in range(count)
        ]
        self.agreed: list[tuple[str, str]] = []

    async def exposure(self, _: str) -> Exposure:
        return Exposure(orders=[], holdings=self.held, failed=[])

    async def flatten(self, _: object, asked: str, mark: str) -> Sequence[Done]:
        self.agreed.append((asked, mark))
        return []


@pytest.fixture
def positions() -> Positions:
    return Positions(400)


@pytest.fixture
def cards(positions: Positions) -> PanicCards:
    floor: Any = SimpleNamespace(panic=positions, clock=ManualClock(), settings=settings())
    return PanicCards(cast("Floor", floor))


async def clicked(cards: PanicCards, card: Card, label: str) -> Card:
    [button] = [one for one in card.buttons if one.label.startswith(label)]
    return await cards.step(caller(), button.custom_id.removeprefix("fb:panic:"))


async def read(cards: PanicCards, card: Card) -> tuple[Card, list[str]]:
    """Page by page to the last one."""
    texts = [drawn(card).text]
    while any(one.label == "Next page" for one in card.buttons):
        card = await clicked(cards, card, "Next page")
        texts.append(drawn(card).text)
    return card, texts


async def test_every_page_is_read_twice_before_one_decision_is_sent(
    cards: PanicCards, positions: Positions
) -> None:
    listed, first = await read(cards, await cards.step(caller(), "list"))
    sure, second = await read(cards, await clicked(cards, listed, "Close 400"))
    await clicked(cards, sure, "Yes, close 400")

    assert len(first) == len(second) > 1
    for texts in (first, second):
        assert all(f"S{number:04}" in "".join(texts) for number in range(400))
    [(asked, mark)] = positions.agreed
    assert mark == (await positions.exposure("")).mark
    assert asked


async def test_a_position_that_is_new_meanwhile_begins_the_list_again(
    cards: PanicCards, positions: Positions
) -> None:
    first = await cards.step(caller(), "list")
    positions.held.append(Holding(account=account(), position=position("NEW")))

    second = await clicked(cards, first, "Next page")

    assert "Close 401 positions?" in drawn(second).text
    assert "Page 1 of" in drawn(second).text


async def test_a_page_that_is_none_shows_the_first_or_the_last(
    cards: PanicCards, positions: Positions
) -> None:
    mark = (await positions.exposure("")).mark

    far = await cards.step(caller(), f"list.1.{mark}.99")
    odd = await cards.step(caller(), f"list.1.{mark}.x")

    assert "Page 3 of 3" in drawn(far).text
    assert "Page 1 of 3" in drawn(odd).text
