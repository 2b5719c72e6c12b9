"""A process dies at a point of an order's path; the next one finds out what became of the order.

Kills at random moments, of bots with brokers on the wire, are a campaign: tests/campaign/kills.py.
"""

import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Final
from uuid import uuid4

import pytest

from floorbroker.bootstrap import App
from floorbroker.domain.order_state import OrderState
from tests.e2e import mortal
from tests.e2e.crowd import Drafted, confirm, draft, held, stored
from tests.e2e.mortal import Job, Place
from tests.e2e.world import KEY
from tests.fakes.clock import ManualClock
from tests.simulators.paper_faults import Counting

_PAST_THE_CLAIM_SECONDS: Final = 31
_PAST_THE_SETTLE_TIME_SECONDS: Final = 30
_ROOT: Final = Path(__file__).parents[2]


class Mortals:
    """The process whose children confirm orders and die."""

    def __init__(self) -> None:
        """Starts it."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.e2e.mortal"],
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def confirm(self, place: Place, one: Drafted, point: str) -> int:
        """Lets a child confirm; how it ended."""
        job = Job(
            place=asdict(place),
            key=KEY,
            user_id=one.user_id,
            order_id=one.order_id,
            point=point,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(job.line())
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def end(self) -> None:
        """Ends it."""
        self._process.communicate(timeout=20)


@pytest.fixture(scope="module")
def mortals() -> Iterator[Mortals]:
    """One for all tests here: its imports take longer than its children live."""
    mortals = Mortals()
    yield mortals
    mortals.end()


@pytest.fixture(params=["sqlite", pytest.param("motor", marks=pytest.mark.long)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """An empty database that several processes open."""
    if request.param == "sqlite":
        return Place(engine="sqlite", address=str(tmp_path / "floor.db"), name="")
    uri = request.getfixturevalue("mongo_uri")
    return Place(engine="motor", address=uri, name=f"killed_{uuid4().hex}")


@asynccontextmanager
async def _process(place: Place, clock: ManualClock) -> AsyncIterator[App]:
    async with mortal.process(place.open(), KEY, Counting(), clock) as app:
        yield app


async def _drafts(place: Place, count: int) -> Sequence[Drafted]:
    async with _process(place, ManualClock()) as app:
        return [await draft(app, number) for number in range(count)]


async def _settled(app: App, clock: ManualClock) -> None:
    """Claims lapse, the settle time goes by, and whatever is due is read back."""
    for seconds in (_PAST_THE_CLAIM_SECONDS, _PAST_THE_SETTLE_TIME_SECONDS):
        clock.advance(seconds)
        while await app.reconciler.sweep():
            pass


@pytest.mark.parametrize(
    ("point", "at_first", "in_the_end", "shares"),
    [
        (mortal.BEFORE_THE_INTENT, OrderState.DRAFT, OrderState.DRAFT, 0),
        (mortal.BEFORE_THE_SEND, OrderState.SENDING, OrderState.NOT_PLACED, 0),
        (mortal.AFTER_THE_SAVE, OrderState.SENDING, OrderState.FILLED, 1),
        (mortal.BEFORE_THE_OUTCOME, OrderState.SENDING, OrderState.FILLED, 1),
        (mortal.AFTER_THE_OUTCOME, OrderState.FILLED, OrderState.FILLED, 1),
    ],
    ids=mortal.POINTS,
)
async def test_the_next_process_finds_what_became_of_the_order(
    mortals: Mortals,
    place: Place,
    point: str,
    at_first: OrderState,
    in_the_end: OrderState,
    shares: int,
) -> None:
    (one,) = await _drafts(place, 1)

    assert mortals.confirm(place, one, point) == mortal.DEAD

    clock = ManualClock()
    async with _process(place, clock) as app:
        await app.reconciler.sweep()
        untouched = await app.reconciler.check(await stored(app, one))
        assert untouched.state is at_first  # its claim still holds, even if the person asks
        await _settled(app, clock)
        assert (await stored(app, one)).state is in_the_end
        assert await held(app, one) == shares


async def test_a_draft_that_outlived_its_process_can_still_be_confirmed_once(
    mortals: Mortals, place: Place
) -> None:
    (one,) = await _drafts(place, 1)
    assert mortals.confirm(place, one, mortal.BEFORE_THE_INTENT) == mortal.DEAD

    async with _process(place, ManualClock()) as app:
        order = await confirm(app, one)

        assert order.state is OrderState.FILLED
        assert await held(app, one) == 1


async def test_an_order_of_a_killed_process_cannot_be_sent_by_a_second_click(
    mortals: Mortals, place: Place
) -> None:
    (one,) = await _drafts(place, 1)
    assert mortals.confirm(place, one, mortal.AFTER_THE_SAVE) == mortal.DEAD

    async with _process(place, ManualClock()) as app:
        again = await confirm(app, one)

        assert again.state is OrderState.SENDING
        assert await held(app, one) == 1
