"""The operators' console: who may ask, what it answers, and what it does without a store."""

from collections.abc import Awaitable, Callable

import pytest

from floorbroker.brokers.shared.gateways import Gateways
from floorbroker.domain.errors import InvalidInput, PolicyRefused
from floorbroker.domain.ids import BrokerId, UserId
from floorbroker.domain.modes import DeploymentMode
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.people import Person
from floorbroker.services.callers import Caller
from floorbroker.services.console import MOST_SUSPENDED, PAGE, Console
from floorbroker.storage.overview import Overview
from tests.fakes.clock import ManualClock
from tests.fakes.flaky_documents import FlakyDocuments
from tests.floor import ANNA, BEN, House, caller, settings
from tests.services.conftest import Build
from tests.simulators.paper_faults import Counting, Silent

PAPER = BrokerId("paper")


@pytest.fixture
def house(build: Build, broker: Counting) -> House:
    """Ben runs the bot, Anna trades."""
    return build(faults=broker, chosen=settings(operator_ids=BEN))


@pytest.fixture
def console(house: House, store: FlakyDocuments, clock: ManualClock) -> Console:
    overview = Overview(store)
    mode = DeploymentMode.MULTI_USER
    return Console(overview, house.choices, house.desk, Gateways(clock), mode)


Ask = Callable[[Console, Caller], Awaitable[object]]
_QUESTIONS: list[Ask] = [
    lambda console, by: console.status(by),
    lambda console, by: console.people(by),
    lambda console, by: console.people(by, "no id"),
    lambda console, by: console.person(by, ANNA),
]


@pytest.mark.parametrize("ask", _QUESTIONS)
async def test_whoever_is_no_operator_hears_the_same_whatever_they_ask(
    console: Console, ask: Ask
) -> None:
    with pytest.raises(PolicyRefused, match=r"^Only the operators of this bot can do that\.$"):
        await ask(console, caller(ANNA))


async def test_the_status_counts_what_everybody_has_and_what_became_of_it(
    house: House, console: Console
) -> None:
    await house.bought("3")
    await house.resting()
    await house.choose(ANNA, paused=True)
    await house.choices.suspend_person(caller(BEN), ANNA, True)
    await house.choices.pause_service(caller(BEN), True, broker=BrokerId("kraken"))

    status = await console.status(caller(BEN))

    stored = status.stored
    assert stored is not None
    assert stored.links[PAPER].in_use == 1
    assert stored.recent[OrderState.FILLED] == 1
    assert stored.recent[OrderState.ACCEPTED] == 1
    assert (stored.on_their_way, stored.in_doubt, stored.in_doubt_since) == (0, 0, None)
    assert stored.suspended_people == [ANNA]
    assert stored.pause.brokers == {"kraken"}
    assert status.process.sessions == 1
    assert (status.process.waiting, status.process.resting) == ({}, [])
    assert OrderState.DRAFT not in stored.recent


async def test_an_order_in_doubt_is_counted_with_the_time_it_was_sent(
    build: Build, store: FlakyDocuments, clock: ManualClock
) -> None:
    house = build(faults=Silent(), chosen=settings(operator_ids=BEN))
    console = Console(
        Overview(store), house.choices, house.desk, Gateways(clock), DeploymentMode.MULTI_USER
    )
    sent = await house.bought("3")
    clock.advance(60)

    stored = (await console.status(caller(BEN))).stored

    assert stored is not None
    assert sent.state is OrderState.UNKNOWN
    assert stored.in_doubt == 1
    assert stored.in_doubt_since == sent.sent_at
    assert stored.to_read_back == 1


async def test_without_a_store_the_facts_of_the_process_are_told_all_the_same(
    house: House, console: Console, store: FlakyDocuments, clock: ManualClock
) -> None:
    await house.bought("3")
    born = clock.now()
    clock.advance(3600)
    store.fail("count", "orders")

    status = await console.status(caller(BEN))

    assert status.stored is None
    assert status.process.sessions == 1
    assert status.process.since <= born
    assert status.process.name == house.desk.process


async def test_people_come_in_pages_that_end(house: House, console: Console) -> None:
    ids = sorted(str(100 + number) for number in range(PAGE + 3))
    for user_id in ids:
        await house.stored_people.save_person(Person(user_id=UserId(user_id)))

    first = await console.people(caller(BEN))
    second = await console.people(caller(BEN), first.after)

    assert [one.user_id for one in (*first.people, *second.people)] == ids
    assert first.after == ids[PAGE - 1]
    assert second.after == ""


@pytest.mark.parametrize("after", ["../9", "9" * 21, "１２", "1 ", "start"])
async def test_a_page_after_nobodys_id_is_refused(console: Console, after: str) -> None:
    with pytest.raises(InvalidInput, match="out of date"):
        await console.people(caller(BEN), after)


async def test_somebody_unknown_has_nothing(console: Console) -> None:
    (seen,) = (await console.person(caller(BEN), UserId("5"))).people

    assert (seen.links, seen.paused, seen.suspended) == ((), False, False)


async def test_no_more_suspended_people_are_read_than_can_be_shown(
    house: House, console: Console
) -> None:
    for number in range(MOST_SUSPENDED + 5):
        person = Person(user_id=UserId(str(number)), suspended=True)
        await house.stored_people.save_person(person)

    stored = (await console.status(caller(BEN))).stored

    assert stored is not None
    assert len(stored.suspended_people) == MOST_SUSPENDED + 1
