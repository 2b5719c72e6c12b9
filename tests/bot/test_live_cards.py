"""A card is edited while somebody looks: seldom, only with news, one a person, not for ever."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import cast

import pytest

from floorbroker.bot.card_edits import Edit
from floorbroker.bot.live_cards import LAST_TRIES, LiveCard, LiveCards
from floorbroker.bot.replies.card import Card
from floorbroker.bot.replies.watch_cards import Standing
from floorbroker.domain.errors import NotLinked
from floorbroker.observability.metrics import Metrics
from floorbroker.replicas.word import Word
from floorbroker.services.quote_streams import QuoteStreams
from floorbroker.services.supervisor import Supervisor
from floorbroker.services.watching import Board, Line
from tests.fakes.clock import NOON, ManualClock
from tests.floor import ANNA, BEN

LONG = 5.0


class Screen:
    """One message: what was shown on it, and whether Discord takes more.

    Attributes:
        held: Set while edits arrive; cleared, they are on their way.
    """

    def __init__(self) -> None:
        self.price = 1
        self.outcome = Edit.SHOWN
        self.held = asyncio.Event()
        self.held.set()
        self.sent = asyncio.Event()
        self.shown: list[Card] = []
        self.news = asyncio.Event()
        self._drawn = asyncio.Semaphore(0)

    async def draw(self, standing: Standing) -> Card:
        self._drawn.release()
        return Card(title=standing.value, lead=str(self.price))

    async def show(self, card: Card) -> Edit:
        self.sent.set()
        await self.held.wait()
        self.shown.append(card)
        self.news.set()
        return self.outcome

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
    return LiveCards(supervisor, clock, Word(None, Metrics(), supervisor.hand_over), every=0.01)


@pytest.fixture
def screen() -> Screen:
    return Screen()


def board(*lines: Line) -> Board:
    """One of which no line is followed."""
    return Board(list(lines or (Line(symbol="AAPL"),)), cast("QuoteStreams", None), NOON)


async def begin(cards: LiveCards, screen: Screen, card_id: str = "one", **who: object) -> LiveCard:
    """One whose answer is on the screen."""
    live = await began(cards, screen, card_id, **who)
    live.answered.set()
    return live


async def began(cards: LiveCards, screen: Screen, card_id: str = "one", **who: object) -> LiveCard:
    """One whose answer is not on the screen yet."""
    return await cards.begin(
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
    await begin(cards, screen)
    first = await screen.next()
    await screen.drawn(4)
    quiet = len(screen.shown)
    screen.price = 2
    second = await screen.next()

    assert (first.lead, quiet, second.lead) == ("1", 1, "2")


async def test_it_ends_after_ten_minutes_and_says_so(
    cards: LiveCards, screen: Screen, clock: ManualClock, supervisor: Supervisor
) -> None:
    await begin(cards, screen)
    await screen.next()

    clock.advance(600)
    await ended(supervisor)

    assert screen.shown[-1].title == Standing.OVER
    assert cards.until() == clock.now() + timedelta(minutes=10)


async def test_a_second_card_ends_the_first_which_says_so(cards: LiveCards, screen: Screen) -> None:
    newer = Screen()
    await begin(cards, screen, "one")
    await screen.next()

    await begin(cards, newer, "two")

    assert (await screen.next()).title == Standing.REPLACED
    assert (await newer.next()).title == Standing.LIVE


async def test_another_person_s_card_is_left_alone(cards: LiveCards, screen: Screen) -> None:
    bens = Screen()
    await begin(cards, screen, "one")
    await screen.next()
    await begin(cards, bens, "two", user_id=BEN)
    await bens.next()

    assert await cards.stop(BEN, "one") is None
    screen.price = 2
    assert (await screen.next()).title == Standing.LIVE


async def test_a_card_that_is_refreshed_anew_does_not_write_over_itself(
    cards: LiveCards, screen: Screen, supervisor: Supervisor
) -> None:
    await begin(cards, screen, "one")
    await screen.next()

    await begin(cards, screen, "one")
    screen.price = 2
    await screen.next()

    assert {card.title for card in screen.shown} == {Standing.LIVE}
    assert len(supervisor._loops) == 1


async def test_stop_ends_it_and_leaves_the_last_look_to_the_click(
    cards: LiveCards, screen: Screen, supervisor: Supervisor
) -> None:
    known = board()
    await begin(cards, screen, "one", board=known)
    await screen.next()

    assert await cards.stop(ANNA, "another") is None
    assert await cards.stop(ANNA, "one") is known
    await ended(supervisor)

    assert len(screen.shown) == 1
    assert await cards.stop(ANNA, "one") is None


async def test_an_edit_that_discord_does_not_take_ends_it(
    cards: LiveCards, screen: Screen, supervisor: Supervisor
) -> None:
    screen.outcome = Edit.GONE
    await begin(cards, screen)
    await screen.next()
    await ended(supervisor)

    assert len(screen.shown) == 1


async def test_when_nothing_more_can_come_it_ends(
    cards: LiveCards, screen: Screen, supervisor: Supervisor
) -> None:
    await begin(cards, screen, board=board(Line(symbol="AAPL", error=NotLinked())))
    await ended(supervisor)

    assert [card.title for card in screen.shown] == [Standing.OVER]


async def test_the_end_of_the_process_ends_it_at_once(
    cards: LiveCards, screen: Screen, supervisor: Supervisor
) -> None:
    await begin(cards, screen)
    await screen.next()

    await supervisor.stop()

    assert len(screen.shown) == 1
    assert await cards.stop(ANNA, "one") is None


async def test_an_edit_that_fails_for_once_is_made_again(cards: LiveCards, screen: Screen) -> None:
    screen.outcome = Edit.NOT_NOW
    await begin(cards, screen)
    await screen.next()
    await screen.next()

    screen.outcome = Edit.SHOWN
    screen.price = 2
    while (await screen.next()).lead != "2":
        pass


async def test_its_end_is_tried_more_than_once_and_not_for_ever(
    cards: LiveCards, screen: Screen, clock: ManualClock, supervisor: Supervisor
) -> None:
    await begin(cards, screen)
    await screen.next()
    screen.outcome = Edit.NOT_NOW

    clock.advance(600)
    await ended(supervisor)

    titles = [card.title for card in screen.shown]
    assert titles.count(Standing.OVER) == LAST_TRIES


async def test_no_edit_arrives_after_stop_was_answered(cards: LiveCards, screen: Screen) -> None:
    screen.held.clear()
    await begin(cards, screen)
    await asyncio.wait_for(screen.sent.wait(), LONG)

    stopping = asyncio.ensure_future(cards.stop(ANNA, "one"))
    await asyncio.wait({stopping}, timeout=0.05)
    waited = not stopping.done()
    screen.held.set()
    await asyncio.wait_for(stopping, LONG)

    assert waited
    assert len(screen.shown) == 1


async def test_an_edit_that_hangs_holds_up_stop_for_a_moment_and_is_given_up(
    screen: Screen, supervisor: Supervisor, clock: ManualClock
) -> None:
    cards = LiveCards(
        supervisor, clock, Word(None, Metrics(), supervisor.hand_over), every=0.01, let_go=0.05
    )
    screen.held.clear()
    await begin(cards, screen)
    await asyncio.wait_for(screen.sent.wait(), LONG)

    assert await asyncio.wait_for(cards.stop(ANNA, "one"), LONG) is not None
    await ended(supervisor)
    screen.held.set()

    assert screen.shown == []


async def test_a_card_refreshed_anew_waits_for_the_edit_that_is_on_its_way(
    cards: LiveCards, screen: Screen
) -> None:
    screen.held.clear()
    await begin(cards, screen, "one")
    await asyncio.wait_for(screen.sent.wait(), LONG)

    again = asyncio.ensure_future(began(cards, screen, "one"))
    await asyncio.wait({again}, timeout=0.05)
    waited = not again.done()
    screen.held.set()
    await asyncio.wait_for(again, LONG)

    assert waited
    assert len(screen.shown) == 1


async def test_nothing_is_edited_before_the_answer_is_on_the_screen(
    cards: LiveCards, screen: Screen, supervisor: Supervisor
) -> None:
    live = await began(cards, screen, board=board(Line(symbol="AAPL", error=NotLinked())))
    assert live.task is not None
    await asyncio.wait({live.task}, timeout=0.1)
    early = list(screen.shown)

    live.answered.set()
    await ended(supervisor)

    assert early == []
    assert [card.title for card in screen.shown] == [Standing.OVER]


async def test_before_the_process_ends_every_card_says_so(
    cards: LiveCards, screen: Screen, supervisor: Supervisor
) -> None:
    bens = Screen()
    await begin(cards, screen)
    await begin(cards, bens, "two", user_id=BEN)
    await screen.next()
    await bens.next()

    unfinished = await supervisor.drain(timedelta(seconds=LONG))

    assert unfinished == 0
    assert [one.shown[-1].title for one in (screen, bens)] == [Standing.RESTARTING] * 2
