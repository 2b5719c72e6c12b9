"""The moment at which an erasing begins: what was on its way a moment before is not lost."""

from dataclasses import replace

import pytest

from floorbroker.config import Settings
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.people import Leaving, Person
from floorbroker.services.eraser import ON_ITS_WAY
from floorbroker.storage.documents import Documents
from tests.fakes.flaky_documents import FlakyDocuments
from tests.floor import ANNA, House
from tests.services.conftest import Build
from tests.services.kept import everything
from tests.simulators.paper_faults import Counting


@pytest.fixture
def house(build: Build, broker: Counting) -> House:
    return build(faults=broker)


def test_no_claim_outlasts_the_wait() -> None:
    bounds = Settings.model_fields["claim_seconds"].metadata

    assert max(bound.le for bound in bounds if hasattr(bound, "le")) <= ON_ITS_WAY.total_seconds()


async def test_an_order_that_passed_its_last_check_a_moment_before_is_sent_and_stored(
    house: House, store: FlakyDocuments, broker: Counting, documents: Documents
) -> None:
    order = await house.draft(quantity="1")
    person = await house.stored_people.person(ANNA) or Person(user_id=ANNA)
    now = house.clock.now()

    async def begin() -> None:
        """Between that check and the order's own claim."""
        leaving = Leaving(asked_at=now, erase_at=now)
        assert await house.stored_people.save_person(replace(person, leaving=leaving))
        assert await house.eraser.sweep() == 0

    store.before["replace", "orders"] = begin
    sent = await house.confirm(order)

    assert sent.state is OrderState.FILLED
    assert (await house.stored(order)).state is OrderState.FILLED
    assert broker.orders_received == 1
    house.clock.advance(ON_ITS_WAY.total_seconds())
    assert await house.eraser.sweep() == 1
    assert (await everything(documents))["orders"] == []


async def test_news_that_find_no_way_bring_nothing_back(
    house: House, store: FlakyDocuments, documents: Documents
) -> None:
    await house.resting()
    house.messenger.dm_open = False
    house.clock.advance(120)
    await house.choose(ANNA, notify=False)

    async def erase() -> None:
        await documents.delete("orders", {"user_id": ANNA})

    store.before["get", "users"] = erase
    await house.notifier.sweep()

    assert (await everything(documents))["notifications"] == []
