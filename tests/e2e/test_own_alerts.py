"""/alert: the paper market moves, whoever asked is told once, and an order is only reviewed."""

from datetime import timedelta
from typing import Final

import discord
import pytest

from floorbroker.domain.modes import DeploymentMode
from floorbroker.domain.order_state import OrderState
from tests.e2e import forged
from tests.e2e.market import Rise, rise
from tests.e2e.people import Answer, Seen
from tests.e2e.world import World
from tests.stores import Store

MINUTE: Final = timedelta(minutes=1)
DM_ROUTE: Final = "/channels/*/messages"


def _rise(world: World) -> Rise:
    return rise(world.app.settings, world.clock.now(), after=4 * MINUTE, within=40 * MINUTE)


async def _set(world: World, one: Rise, **more: object) -> Answer:
    answer = await world.alice.types(
        "alert price", symbol=one.symbol, direction="up", price=str(one.level), **more
    )
    assert answer.private
    assert "Alert set" in answer.title, answer.text
    return answer


async def _until(world: World, one: Rise) -> None:
    """The price is reached, and looked at."""
    await world.later((one.at - world.clock.now()).total_seconds())


def _alerts(world: World) -> list[Seen]:
    return [one for one in world.messages_to(world.alice) if "Alert · " in one.title]


async def test_a_price_that_is_reached_is_told_once_by_direct_message(anywhere: World) -> None:
    one = _rise(anywhere)
    await _set(anywhere, one)
    await anywhere.later(60)
    assert _alerts(anywhere) == []

    await _until(anywhere, one)
    await anywhere.later(60)
    await anywhere.later(3600)

    (told,) = _alerts(anywhere)
    assert f"{one.symbol} above ${one.level:,}" in told.title
    assert "PAPER" in told.title
    assert f"Price then ${one.level:,}" in told.text
    assert "Alerts" in (await anywhere.alice.types("alert list")).title
    assert "You have none" in (await anywhere.alice.types("alert list")).text


async def test_its_message_has_a_mark_under_which_discord_makes_no_second_one(
    world: World,
) -> None:
    one = _rise(world)
    await _set(world, one)
    (alert,) = await world.app.floor.alerts.of(world.alice.user_id)

    await _until(world, one)

    sent = [seen.json for seen in world.env.http_requests if isinstance(seen.json, dict)]
    (marked,) = [body for body in sent if body.get("nonce")]
    assert marked["nonce"] == f"{alert.alert_id}1"
    assert len(marked["nonce"]) <= 25  # Discord takes no longer one
    assert marked["enforce_nonce"] is True


async def test_an_order_that_it_carries_is_reviewed_with_a_price_of_that_moment(
    world: World,
) -> None:
    one = _rise(world)
    card = await _set(world, one, side="buy", quantity="3")
    assert "Prepared order Buy 3" in card.text

    await _until(world, one)
    (told,) = _alerts(world)
    assert await world.orders(world.alice) == []
    review = await world.alice.in_dms.clicks(told, "Review order")
    receipt = await world.alice.in_dms.clicks(review, "Confirm")

    (order,) = await world.orders(world.alice)
    assert review.private
    assert "Filled 3 at" in receipt.text
    assert order.state is OrderState.FILLED
    assert order.created_at >= one.at
    assert "Alert · " in told.title  # its own message stays as it was


async def test_nobody_else_can_review_remove_or_see_it(cloud: World) -> None:
    one = _rise(cloud)
    await _set(cloud, one, side="buy", quantity="3")
    (alert,) = await cloud.app.floor.alerts.of(cloud.alice.user_id)
    posted = await cloud.bob.types("help")

    async def forges(action: str) -> Answer:
        custom_id = f"fb:alert:{action}:{alert.alert_id}"
        return Answer(await forged.click(cloud, cloud.bob, posted, custom_id).delivered())

    removed = await forges("remove")
    typed = await cloud.bob.types("alert remove", alert=alert.alert_id)
    await _until(cloud, one)
    assert len(_alerts(cloud)) == 1
    review = await forges("review")

    assert "There is no such alert" in removed.beside[0].text
    assert "There is no such alert" in typed.text
    assert "This alert is over" in review.text
    assert await cloud.orders(cloud.bob) == []
    assert "You have none" in (await cloud.bob.types("alert list")).text


async def test_with_a_pause_it_tells_and_the_review_is_refused(world: World) -> None:
    one = _rise(world)
    await _set(world, one, side="buy", quantity="3")
    await world.alice.types("panic")

    await _until(world, one)
    (told,) = _alerts(world)
    review = await world.alice.in_dms.clicks(told, "Review order")

    assert "You have paused trading" in review.text
    assert await world.orders(world.alice) == []


async def test_with_direct_messages_closed_the_next_command_tells_once(world: World) -> None:
    one = _rise(world)
    await _set(world, one, side="buy", quantity="3")
    world.env.inject_error(
        "POST", DM_ROUTE, status=403, code=50007, message="Cannot send messages", times=None
    )
    await _until(world, one)
    assert _alerts(world) == []

    first = await world.alice.types("privacy")
    second = await world.alice.types("privacy")

    assert f"{one.symbol} above" in first.title
    assert "Review order" in first.buttons
    assert "Privacy" in first.text
    assert "above" not in second.text


async def test_a_discord_that_fails_for_a_moment_is_tried_again(world: World) -> None:
    one = _rise(world)
    await _set(world, one)
    world.env.inject_error("POST", DM_ROUTE, status=503, code=0, message="away", times=1)

    with pytest.raises(discord.HTTPException):
        await _until(world, one)
    await world.later(120)
    command = await world.alice.types("privacy")

    assert len(_alerts(world)) == 1
    assert "above" not in command.text


async def test_another_process_goes_on_with_it(
    sqlite: Store, mode: DeploymentMode, world: World
) -> None:
    one = _rise(world)
    await _set(world, one)

    await world.restart(world.app.documents)
    await world.later(130)  # the turn of the process before lapses
    await _until(world, one)
    await world.later(600)

    assert len(_alerts(world)) == 1


async def test_quiet_hours_put_it_off_and_it_says_when_it_was_seen(world: World) -> None:
    one = _rise(world)
    await _set(world, one)
    start = world.clock.now() - timedelta(hours=1)
    end = one.at + timedelta(hours=2)
    quiet = await world.alice.types(
        "alert quiet", start=f"{start:%H:%M}", end=f"{end:%H:%M}", zone="Etc/UTC"
    )
    assert "Etc/UTC" in quiet.text

    await _until(world, one)
    await world.later(600)
    early = _alerts(world)
    await world.later(2 * 3600)

    (told,) = _alerts(world)
    assert early == []
    assert f"<t:{int(one.at.timestamp())}" in told.raw


async def test_alerts_are_listed_page_by_page_and_removed_from_suggestions(world: World) -> None:
    for number in range(12):
        await world.alice.types(
            "alert price", symbol="AAPL", direction="up", price=f"{900 + number}"
        )
    first = await world.alice.types("alert list")
    second = await world.alice.clicks(first, "Next")
    (suggested,) = await world.alice.typing("alert remove", "alert", "911")
    removed = await world.alice.types("alert remove", alert=suggested)

    assert "Page 2 of 2" in first.text  # the card that was turned
    assert first.text == second.text
    assert "Alert removed" in removed.title
    left = await world.alice.types("alert list")
    shown = left.text + (await world.alice.clicks(left, "Next")).text
    assert "$911.00" not in shown
    assert all(f"${900 + number}.00" in shown for number in range(11))


@pytest.mark.parametrize(
    ("command", "options", "words"),
    [
        ("alert price", {"symbol": "AAPL", "direction": "up", "price": "1e3"}, "Invalid price"),
        ("alert price", {"symbol": "ZZZZ", "direction": "up", "price": "9"}, "does not list ZZZZ"),
        (
            "alert price",
            {"symbol": "AAPL", "direction": "up", "price": "9", "quantity": "1"},
            "buy or a sell",
        ),
        (
            "alert price",
            {"symbol": "AAPL", "direction": "up", "price": "9", "side": "buy"},
            "quantity or an amount",
        ),
        ("alert percent", {"symbol": "AAPL", "direction": "down", "percent": "100"}, "less than"),
        ("alert expiry", {"days": 3, "symbol": "AAPL"}, "does not expire"),
        ("alert fill", {"order": "0" * 18}, "order"),
        ("alert quiet", {"start": "22:00", "end": "7:00", "zone": "Mars/Base"}, "time zone"),
        ("alert quiet", {"start": "25:00", "end": "7:00", "zone": "Etc/UTC"}, "time of day"),
        ("alert quiet", {"start": "7:00"}, "Give all three"),
        ("alert remove", {"alert": "../orders"}, "no such alert"),
    ],
)
async def test_what_cannot_be_is_refused_in_words(
    world: World, command: str, options: dict[str, object], words: str
) -> None:
    answer = await world.alice.types(command, **options)

    assert words in answer.text
    assert "You have none" in (await world.alice.types("alert list")).text


async def test_percent_counts_from_the_price_of_that_moment_and_says_so(world: World) -> None:
    card = await world.alice.types("alert percent", symbol="AAPL", direction="down", percent="5")

    assert "AAPL 5 % down, at $" in card.title
    assert "Counted from $" in card.text


async def test_a_fill_that_is_told_anyway_needs_no_alert(world: World) -> None:
    review = await world.alice.types("buy", symbol="AAPL", quantity="1", limit="9")
    await world.alice.clicks(review, "Confirm")
    (order,) = await world.orders(world.alice)

    plain = await world.alice.types("alert fill", order=order.order_id)
    carried = await world.alice.types(
        "alert fill", order=order.order_id, side="sell", quantity="1", limit="20"
    )

    assert "You are told of this anyway" in plain.text
    assert "Fill of Buy 1 AAPL" in carried.title
