"""Operators' pauses: of everybody, a broker, a server, a person. Nothing opens; all closes."""

import asyncio
from collections.abc import Awaitable, Callable
from decimal import Decimal

import pytest

from floorbroker.domain.errors import InvalidInput, Paused, PolicyRefused
from floorbroker.domain.ids import BrokerId
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import OrderChanges
from floorbroker.services.callers import Caller
from tests.floor import ANNA, BEN, SERVER, House, caller, settings
from tests.services.conftest import Build
from tests.simulators.paper_faults import Counting

PAPER = BrokerId("paper")
_OPERATOR = caller(BEN)


@pytest.fixture
def house(build: Build, broker: Counting) -> House:
    """Ben runs the bot, Anna trades."""
    return build(faults=broker, chosen=settings(operator_ids=BEN))


Pause = Callable[[House, bool], Awaitable[object]]


def _here() -> Caller:
    """Anna in the server that is paused."""
    return caller(guild_id=SERVER)


async def _everybody(house: House, on: bool) -> object:
    return await house.choices.pause_service(_OPERATOR, on)


async def _broker(house: House, on: bool) -> object:
    return await house.choices.pause_service(_OPERATOR, on, broker=PAPER)


async def _server(house: House, on: bool) -> object:
    return await house.choices.suspend_server(_OPERATOR, SERVER, on)


async def _person(house: House, on: bool) -> object:
    return await house.choices.suspend_person(_OPERATOR, ANNA, on)


_EVERY = [
    pytest.param(_everybody, "for everybody", id="everybody"),
    pytest.param(_broker, "at Paper", id="broker"),
    pytest.param(_server, "in this server", id="server"),
    pytest.param(_person, "for you", id="person"),
]


@pytest.mark.parametrize(("pause", "whom"), _EVERY)
async def test_a_pause_stops_a_confirmed_order_that_opens_and_says_whose_pause_it_is(
    house: House, broker: Counting, pause: Pause, whom: str
) -> None:
    draft = await house.draft(_here())
    await pause(house, True)

    with pytest.raises(Paused, match=f"The operator has paused trading {whom}"):
        await house.confirm(draft, _here())
    with pytest.raises(Paused, match="The operator has paused trading"):
        await house.draft(_here())

    assert broker.orders_received == 0
    assert (await house.stored(draft)).state is OrderState.DRAFT


@pytest.mark.parametrize(("pause", "whom"), _EVERY)
async def test_a_lifted_pause_lets_the_same_review_go(
    house: House, broker: Counting, pause: Pause, whom: str
) -> None:
    draft = await house.draft(_here())
    await pause(house, True)
    await pause(house, False)

    done = await house.confirm(draft, _here())

    assert done.state is OrderState.FILLED, whom


@pytest.mark.parametrize(("pause", "whom"), _EVERY)
async def test_a_pause_never_stops_a_close_or_a_cancel(
    house: House, pause: Pause, whom: str
) -> None:
    await house.bought("10")
    resting = await house.resting(limit="195.00", symbol="MSFT")
    await pause(house, True)
    by = _here()

    canceled = await house.changes.cancel(by, resting.order_id)
    draft = await house.drafts.draft_close(by, "AAPL", None, None)
    closed = await house.confirm(draft, _here())

    assert (canceled.state, closed.state) == (OrderState.CANCELED, OrderState.FILLED), whom


@pytest.mark.parametrize(("pause", "whom"), _EVERY)
async def test_a_pause_stops_a_larger_opening_order_too(
    house: House, pause: Pause, whom: str
) -> None:
    resting = await house.resting()
    await pause(house, True)
    changes = OrderChanges(quantity=Decimal(20))

    with pytest.raises(Paused, match=whom):
        await house.changes.modify(caller(guild_id=SERVER), resting.order_id, changes)


async def test_a_pause_of_one_holds_for_no_other(house: House) -> None:
    await house.choices.pause_service(_OPERATOR, True, broker=BrokerId("kraken"))
    await house.choices.suspend_server(_OPERATOR, "123456789012345678", True)
    await house.choices.suspend_person(_OPERATOR, BEN, True)

    done = await house.confirm(await house.draft(_here()), _here())

    assert done.state is OrderState.FILLED
    assert await house.choices.paused_for(caller(BEN))
    assert not await house.choices.paused_for(caller(ANNA, guild_id=SERVER))
    assert await house.choices.paused_for(caller(ANNA), BrokerId("kraken"))


@pytest.mark.parametrize(("pause", "whom"), _EVERY)
async def test_nobody_but_an_operator_pauses_and_all_hear_the_same(
    build: Build, pause: Pause, whom: str
) -> None:
    house = build(chosen=settings(operator_ids=ANNA))

    with pytest.raises(PolicyRefused, match=r"^Only the operators of this bot can do that\.$"):
        await pause(house, True)

    assert not await house.choices.paused_for(caller(guild_id=SERVER), PAPER), whom


async def test_a_broker_that_does_not_exist_cannot_be_paused(house: House) -> None:
    with pytest.raises(InvalidInput):
        await house.choices.pause_service(_OPERATOR, True, broker=BrokerId("nowhere"))

    assert not (await house.choices.service_pause()).brokers


async def test_operators_who_pause_at_once_lose_none_of_their_pauses(build: Build) -> None:
    one, two = (build(chosen=settings(operator_ids=BEN)) for _ in range(2))
    ids = [BrokerId(name) for name in ("paper", "kraken", "schwab", "alpaca")]

    await asyncio.gather(
        *(
            house.choices.pause_service(_OPERATOR, True, broker=broker)
            for broker, house in zip(ids, (one, two, one, two), strict=True)
        )
    )

    assert (await two.choices.service_pause()).brokers == set(ids)


async def test_another_process_heeds_a_pause_at_its_next_check(build: Build) -> None:
    one, two = (build(chosen=settings(operator_ids=BEN)) for _ in range(2))
    draft = await two.draft()

    await one.choices.suspend_person(_OPERATOR, ANNA, True)

    with pytest.raises(Paused, match="for you"):
        await two.confirm(draft)


async def test_the_person_cannot_lift_the_operators_pause(house: House) -> None:
    await house.choices.suspend_person(_OPERATOR, ANNA, True)

    await house.choose(ANNA, paused=False)

    with pytest.raises(Paused, match="The operator has paused trading for you"):
        await house.draft()


async def test_the_managers_of_a_server_cannot_lift_the_operators_pause(house: House) -> None:
    await house.choices.suspend_server(_OPERATOR, SERVER, True)

    policy = await house.choices.set_policy(
        caller(guild_id=SERVER), manages_server=True, paused=False
    )

    assert policy.suspended
    assert await house.choices.paused_for(caller(guild_id=SERVER))


async def test_a_suspended_person_reads_of_it_in_their_export_and_not_by_whom(
    house: House,
) -> None:
    await house.choices.suspend_person(_OPERATOR, ANNA, True)

    export = await house.exporting.export(ANNA)

    text = export.files[0].data.decode()
    assert '"suspended": true' in text
    assert '"action": "suspended"' in text
    assert BEN not in text


async def test_every_pause_is_in_the_audit_trail_of_the_operator_without_the_persons_id(
    house: House,
) -> None:
    for pause in (_everybody, _broker, _server, _person):
        await pause(house, True)

    text = (await house.exporting.export(BEN)).files[0].data.decode()

    for action in ("service_pause", "server_suspended", "person_suspended"):
        assert f'"action": "{action}"' in text
    assert ANNA not in text
    assert await house.audit.verify(BEN) is None
    assert await house.audit.verify(ANNA) is None
