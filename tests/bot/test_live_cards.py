"""A card is edited while somebody looks: seldom, only with news, one a person, not for ever."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import cast

import pytest

from floorbroker.bot.live_cards import LiveCards
from floorbroker.bot.replies.card import Card
from floorbroker.bot.replies.watch_cards import Standing
from floorbroker.domain.errors import NotLinked
from floorbroker.services.quote_streams import QuoteStreams
from floorbroker.services.supervisor import Supervisor
from floorbroker.services.watching import Board, Line
from tests.fakes.clock import NOON, ManualClock
from tests.floor import ANNA, BEN

LONG = 5.0


class Screen:
    """One message: what was shown on it, and whether Discord takes more."""

    def __init__(self) -> None:
        self.price = 1
        self.takes = True
        self.shown: list[Card] = []
        self.news = asyncio.Event()
        self._drawn = asyncio.Semaphore(0)

    async def draw(self, standing: Standing) -> Card:
        self._drawn.release()
        return Card(title=standing.value, lead=str(self.price))

    async def show(self, card: Card) -> bool:
        self.shown.append(card)
        self.news.set()
        return self.takes

    async def drawn(self, times: int) -> None:
        """It has been drawn so often, shown or not."""
        for _ in range(times):
            await asyncio.wait_for(self._drawn.acquire(), LONG)

    async def next(self) -> Card:
        """The next edit, which must come."""
        await asyncio.wait_for(self.news.wait(), LONG)
        self.news.clear()
        return self.shown[-1]


@pytest.fixture
async def supervisor() -> AsyncIterator[Supervisor]:
    supervisor = Supervisor()
    yield supervisor
    await supervisor.stop()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def cards(supervisor: Supervisor, clock: ManualClock) -> LiveCards:
    return LiveCards(supervisor, clock, every=0.01)


@pytest.fixture
def screen() -> Screen:
    return Screen()


def board(*lines: Line) -> Board:
    """One of which no line is followed."""
    return Board(list(lines or (Line(symbol="AAPL"),)), cast("QuoteStreams", None), NOON)


def begin(cards: LiveCards, screen: Screen, card_id: str = "one", **who: object) -> None:
    cards.begin(
        who.get("user_id", ANNA),  # type: ignore[arg-type]
        card_id,
        cast("Board", who.get("board", board())),
        draw=screen.draw,
        show=screen.show,
    )


async def ended(supervisor: Supervisor) -> None:
    """Every card has let go."""
    async with asyncio.timeout(LONG):
        while supervisor._loops:
            await asyncio.wait(set(supervisor._loops))


async def test_it_is_edited_when_something_has_changed_and_only_then(
    cards: LiveCards, screen: Screen
) -> None:
    begin(cards, screen)
    first = await screen.next()
    await screen.drawn(4)
    quiet = len(screen.shown)
    screen.price = 2
    second = await screen.next()

    assert (first.lead, quiet, second.lead) == ("1", 1, "2")


async def test_it_ends_after_ten_minutes_and_says_so(
    cards: LiveCards, screen: Screen, clock: ManualClock, supervisor: Supervisor
) -> None:
    begin(cards, screen)
    await screen.next()

    clock.advance(600)
    await ended(supervisor)

    assert screen.shown[-1].title == Standing.OVER
    assert cards.until() == clock.now() + timedelta(minutes=10)


async def test_a_second_card_ends_the_first_which_says_so(cards: LiveCards, screen: Screen) -> None:
    newer = Screen()
    begin(cards, screen, "one")
    await screen.next()

    begin(cards, newer, "two")

    assert (await screen.next()).title == Standing.REPLACED
    assert (await newer.next()).title == Standing.LIVE


async def test_another_person_s_card_is_left_alone(cards: LiveCards, screen: Screen) -> None:
    bens = Screen()
    begin(cards, screen, "one")
    await screen.next()
    begin(cards, bens, "two", user_id=BEN)
    await bens.next()

    assert cards.stop(BEN, "one") is None
    screen.price = 2
    assert (await screen.next()).title == Standing.LIVE


async def test_a_card_that_is_refreshed_anew_does_not_write_over_itself(
    cards: LiveCards, screen: Screen, supervisor: Supervisor
) -> None:
    begin(cards, screen, "one")
    await screen.next()

    begin(cards, screen, "one")
    screen.price = 2
    await screen.next()

    assert {card.title for card in screen.shown} == {Standing.LIVE}
    assert len(supervisor._loops) == 1


async def test_stop_ends_it_and_leaves_the_last_look_to_the_click(
    cards: LiveCards, screen: Screen, supervisor: Supervisor
) -> None:
    known = board()
    begin(cards, screen, "one", board=known)
    await screen.next()

    assert cards.stop(ANNA, "another") is None
    assert cards.stop(ANNA, "one") is known
    await ended(supervisor)

    assert len(screen.shown) == 1
    assert cards.stop(ANNA, "one") is None


async def test_an_edit_that_discord_does_not_take_ends_it(
    cards: LiveCards, screen: Screen, supervisor: Supervisor
) -> None:
    screen.takes = False
    begin(cards, screen)
    await screen.next()
    await ended(supervisor)

    assert len(screen.shown) == 1


async def test_when_nothing_more_can_come_it_ends(
    cards: LiveCards, screen: Screen, supervisor: Supervisor
) -> None:
    begin(cards, screen, board=board(Line(symbol="AAPL", error=NotLinked())))
    await ended(supervisor)

    assert [card.title for card in screen.shown] == [Standing.OVER]


async def test_the_end_of_the_process_ends_it_at_once(
    cards: LiveCards, screen: Screen, supervisor: Supervisor
) -> None:
    begin(cards, screen)
    await screen.next()

    await supervisor.stop()

    assert len(screen.shown) == 1
    assert cards.stop(ANNA, "one") is None
