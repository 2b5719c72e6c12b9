"""An alert's order that goes out by itself: armed by two clicks, told by message, ended by one."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, Final

import pytest
import pytest_asyncio
from pydantic import SecretStr

from floorbroker.bootstrap.own_alerts import SERVICE
from floorbroker.config import Switch
from floorbroker.domain.order_state import OrderState
from tests.e2e import forged
from tests.e2e.conftest import Open
from tests.e2e.market import Rise, rise
from tests.e2e.people import Answer, Seen
from tests.e2e.world import World
from tests.redis_server import RedisServer

MINUTE: Final = timedelta(minutes=1)
PLACE: Final = "Place it by itself …"
CONFIRM: Final = "Confirm: place it by itself"


@pytest_asyncio.fixture
async def world(open_cloud: Open) -> AsyncIterator[World]:
    """Its operator lets alerts place orders."""
    async with open_cloud(alerts_may_trade=Switch.ON) as world:
        yield world


def _rise(world: World) -> Rise:
    return rise(world.app.settings, world.clock.now(), after=4 * MINUTE, within=40 * MINUTE)


async def _set(world: World, one: Rise, **more: object) -> Answer:
    terms: dict[str, Any] = {"side": "buy", "quantity": "3", "limit": str(one.level + 1), **more}
    return await world.alice.types(
        "alert price", symbol=one.symbol, direction="up", price=str(one.level), **terms
    )


async def _armed(world: World, one: Rise, **more: object) -> Answer:
    card = await _set(world, one, **more)
    return await world.alice.clicks(await world.alice.clicks(card, PLACE), CONFIRM)


async def _until(world: World, one: Rise) -> None:
    await world.later((one.at - world.clock.now()).total_seconds())


def _told(world: World) -> list[Seen]:
    return [one for one in world.messages_to(world.alice) if "Alert · " in one.title]


async def test_two_clicks_arm_it_and_its_firing_sends_it_once(world: World) -> None:
    one = _rise(world)
    set_card = await _set(world, one)
    asked = await world.alice.clicks(set_card, PLACE)
    assert "Place it by itself?" in asked.title
    assert "PAPER" in asked.title
    assert "Nothing is armed yet" in asked.text
    assert f"Buy 3 {one.symbol}" in asked.text
    assert f"${(one.level + 1) * 3:,.2f} in all" in asked.text

    armed = await world.alice.clicks(asked, CONFIRM)
    listed = await world.alice.types("alert list")
    await _until(world, one)
    await world.later(60)
    await world.later(3600)

    assert "Armed · " in armed.title
    assert "its order goes out by itself" in listed.text
    (order,) = await world.orders(world.alice)
    assert order.state in {OrderState.FILLED, OrderState.ACCEPTED}
    assert order.sent_at is not None
    (told,) = _told(world)
    assert "order sent" in told.title
    assert "Review order" not in told.buttons
    receipts = [m for m in world.messages_to(world.alice) if f"Buy 3 {one.symbol}" in m.title]
    assert len(receipts) == 1
    assert f"Buy 3 {one.symbol}" in (await world.alice.in_dms.clicks(told, "Show order")).title


async def test_with_a_pause_nothing_goes_out_and_the_review_comes(world: World) -> None:
    one = _rise(world)
    await _armed(world, one)
    paused = await world.alice.types("panic")

    await _until(world, one)
    await world.later(120)

    assert "An armed alert places no order until you resume" in paused.text
    (told,) = _told(world)
    assert "was not placed. You have paused trading" in told.text
    assert "Nothing was sent" in told.text
    assert "Review order" in told.buttons
    assert all(order.sent_at is None for order in await world.orders(world.alice))


@pytest.mark.parametrize("where", ["its card", "the list"])
async def test_one_click_disarms_it(world: World, where: str) -> None:
    one = _rise(world)
    card = await _armed(world, one)
    label = "Disarm"
    if where == "the list":
        card = await world.alice.types("alert list")
        (label,) = [name for name in card.buttons if name.startswith("Disarm ")]

    gone = await world.alice.clicks(card, label)
    await _until(world, one)
    await world.later(120)

    assert "Not armed" in gone.title
    (told,) = _told(world)
    assert "Review order" in told.buttons
    assert await world.orders(world.alice) == []


async def test_not_now_arms_nothing(world: World) -> None:
    one = _rise(world)
    asked = await world.alice.clicks(await _set(world, one), PLACE)

    left = await world.alice.clicks(asked, "Not now")
    await _until(world, one)

    assert "Not armed" in left.title
    assert await world.orders(world.alice) == []


async def test_nobody_else_arms_or_disarms_it(world: World) -> None:
    one = _rise(world)
    await world.alice.clicks(await _set(world, one), PLACE)
    (alert,) = await world.app.floor.alerts.of(world.alice.user_id)
    assert alert.placing is not None
    posted = await world.bob.types("help")

    answers = [
        Answer(await forged.click(world, world.bob, posted, custom_id).delivered())
        for custom_id in (
            f"fb:alert:arm:{alert.alert_id}",
            f"fb:place:{alert.alert_id}:{alert.placing.placing_id}",
            f"fb:alert:disarm:{alert.alert_id}",
        )
    ]

    assert all("There is no such alert" in one.beside[0].text for one in answers)
    assert await world.app.floor.arming.armed(world.alice.user_id) == 0


async def test_without_the_operators_word_it_is_not_offered(cloud: World) -> None:
    card = await _set(cloud, _rise(cloud))

    assert PLACE not in card.buttons
    assert "The order is not sent when it fires" in card.text


async def test_it_is_not_offered_for_what_has_no_limit_of_its_own(world: World) -> None:
    one = _rise(world)

    market = await world.alice.types(
        "alert price",
        symbol=one.symbol,
        direction="up",
        price=str(one.level),
        side="buy",
        quantity="3",
    )
    again = await _set(world, one, repeat=True)

    assert PLACE not in market.buttons
    assert PLACE not in again.buttons


async def test_another_process_sends_it(world: World) -> None:
    one = _rise(world)
    await _armed(world, one)

    await world.restart(world.app.documents)
    await world.later(130)  # the turn of the process before lapses
    await _until(world, one)
    await world.later(600)

    sent = [order for order in await world.orders(world.alice) if order.sent_at is not None]
    assert len(sent) == 1
    assert len(_told(world)) == 1


async def test_replicas_that_share_rounds_keep_a_turn_each_at_armed_orders(
    open_cloud: Open, redis_server: RedisServer
) -> None:
    """While Redis is away each makes all rounds alone: a turn of them all would be nobody's."""
    url = SecretStr(redis_server.url)
    async with open_cloud(alerts_may_trade=Switch.ON, redis_url=url) as world:
        one = _rise(world)
        await _armed(world, one)
        await _until(world, one)
        await world.later(600)

        turn = await world.app.documents.get("switches", "turn:alert orders")

    assert turn is not None
    assert turn["owner"] != SERVICE
