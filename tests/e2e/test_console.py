"""The operators' console in Discord: what it pauses, what it shows, and what it never shows."""

from itertools import count
from typing import Any

import pytest

from floorbroker.config import DiscordTransport
from floorbroker.domain.modes import DeploymentMode
from floorbroker.storage.documents import Document
from floorbroker.storage.personal import HOLDINGS
from tests.e2e import forged
from tests.e2e.conftest import Open
from tests.e2e.people import Answer, Seen
from tests.e2e.world import World, opened
from tests.stores import Store

_READ = frozenset({
    "_id", "user_id", "broker", "environment", "created_at", "dead_since", "ends_at",
    "state", "sent_at", "check_at", "news_at",
})  # fmt: skip
"""Fields that the console reads; whatever stands anywhere else must not reach a card."""

_CANARY = "CANARY"
_numbers = count(1)


def _planted(value: Any, name: str = "") -> Any:
    """The value with a canary in place of every text that is none of the console's business."""
    if isinstance(value, dict):
        return {key: part if key in _READ else _planted(part, key) for key, part in value.items()}
    if isinstance(value, list):
        return [_planted(part, name) for part in value]
    return f"{_CANARY}-{name}-{next(_numbers)}" if isinstance(value, str) else value


async def _plant(world: World, whose: str) -> int:
    """Canaries in everything that is kept on a person; in how many documents."""
    documents, planted = world.app.documents, 0
    for holding in HOLDINGS:
        for document in await documents.find(holding.collection, {}, limit=500):
            if whose in (document["_id"], document.get("user_id")):
                marked: Document = {**_planted(document), "more": f"{_CANARY}-more"}
                await documents.upsert(holding.collection, marked)
                planted += 1
    return planted


async def _day(world: World) -> None:
    """Bob buys, leaves one order open, and has a review that he never confirms."""
    bob = world.bob
    await bob.clicks(await bob.types("buy", symbol="AAPL", quantity="7"), "Confirm")
    await bob.clicks(await bob.types("buy", symbol="MSFT", quantity="3", limit="1.23"), "Confirm")
    await bob.types("buy", symbol="NVDA", quantity="11")
    await bob.types("panic")


async def _console(world: World) -> list[Seen]:
    """Everything that the console can show of Bob."""
    operator = world.alice.in_dms
    people = await operator.types("service people")
    return [
        await operator.types("service status"),
        people,
        await operator.types("service people", person=world.bob.actor),
        await operator.types("service pause", state="on", person=world.bob.actor),
        await operator.types("service status"),
        await operator.types("service people"),
    ]


async def test_what_is_kept_on_a_person_does_not_reach_an_operator(cloud: World) -> None:
    await _day(cloud)
    planted = await _plant(cloud, cloud.bob.user_id)

    cards = await _console(cloud)

    text = "\n".join(f"{card.text}\n{card.raw}" for card in cards)
    assert planted > 5
    assert cloud.bob.user_id in text
    assert "1 accepted · 1 filled" in text
    assert _CANARY not in text


async def test_no_symbol_quantity_price_account_or_label_is_shown(cloud: World) -> None:
    await _day(cloud)
    (account,), _ = await cloud.app.floor.accounts.accounts(cloud.bob.user_id)

    cards = await _console(cloud)

    text = "\n".join(f"{card.text}\n{card.raw}" for card in cards)
    private = [
        "AAPL",
        "MSFT",
        "NVDA",
        "1.23",
        account.account.number,
        f"…{account.account.number[-4:]}",
    ]
    private += [order.order_id for order in await cloud.orders(cloud.bob)]
    for one in private:
        assert one not in text, one
    assert "Paper trading PAPER" in text
    assert "paused by themselves" in text
    assert "paused by an operator" in text
    assert all(card.private for card in cards)


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("service status", {}),
        ("service people", {}),
        ("service pause", {"state": "on", "broker": "paper"}),
        ("service pause", {"state": "on", "server": "no id"}),
        ("service pause", {"state": "on", "server": "123456789012345678", "broker": "paper"}),
    ],
)
async def test_whoever_is_no_operator_hears_the_same_whatever_they_ask(
    cloud: World, command: str, options: dict[str, str]
) -> None:
    refused = await cloud.bob.in_dms.types(command, **options)

    assert refused.title.endswith("Not allowed here")
    assert "Only the operators of this bot can do that." in refused.text
    assert "Review" in (await cloud.bob.types("buy", symbol="AAPL", quantity="1")).title


async def test_a_manager_of_the_server_is_no_operator(open_cloud: Open) -> None:
    async with open_cloud(operator_ids=frozenset({"1"})) as world:
        refused = Answer(await forged.command(world, world.alice, "service status").delivered())

        assert "Only the operators of this bot can do that." in refused.text


async def test_a_page_of_people_that_somebody_else_asks_for_is_refused(cloud: World) -> None:
    card = await cloud.bob.types("help")

    answer = Answer(await forged.click(cloud, cloud.bob, card, "fb:people:1").delivered())

    assert "Only the operators of this bot can do that." in answer.refusal.text


async def test_people_are_turned_page_by_page(cloud: World) -> None:
    for number in range(12):
        await cloud.app.documents.insert(
            "users", {"_id": str(100 + number), "schema_version": 1, "version": 1, "paused": True}
        )
    operator = cloud.alice.in_dms

    card = await operator.types("service people")
    first = card.text
    second = await operator.clicks(card, "Next page")

    assert "<@100>" in first
    assert "<@111>" not in first
    assert "<@111>" in second.text
    assert "Next page" not in second.buttons


async def test_a_paused_broker_is_on_its_orders_on_the_accounts_and_in_the_settings(
    cloud: World,
) -> None:
    bob, operator = cloud.bob, cloud.alice.in_dms
    review = await bob.types("buy", symbol="AAPL", quantity="1")

    told = await operator.types("service pause", state="on", broker="paper")
    refused = await bob.clicks(review, "Confirm")

    assert "paused at Paper" in told.title
    assert "The operator has paused trading at Paper" in refused.refusal.text
    assert "Orders that close a position still go through" in refused.refusal.text
    assert cloud.broker.orders_received == 0
    accounts = await bob.types("setup accounts")
    assert "paused by the operator" in accounts.text
    assert "PAUSED" not in accounts.title
    assert "Paused brokers" in (await bob.types("settings")).text
    status = await operator.types("service status")
    assert "Brokers Paper" in status.text


async def test_a_card_of_an_order_at_a_paused_broker_is_badged(cloud: World) -> None:
    bob = cloud.bob
    bought = await bob.clicks(await bob.types("buy", symbol="AAPL", quantity="4"), "Confirm")
    assert "PAUSED" not in bought.title
    await cloud.alice.in_dms.types("service pause", state="on", broker="paper")

    closing = await bob.types("close", symbol="AAPL")
    closed = await bob.clicks(closing, "Confirm")

    assert "PAUSED" in closing.title
    assert "PAUSED" in closed.title
    assert "Filled · Sell 4 AAPL" in closed.title


async def test_a_paused_person_reads_it_everywhere_and_can_still_close(cloud: World) -> None:
    bob, operator = cloud.bob, cloud.alice.in_dms
    await bob.clicks(await bob.types("buy", symbol="AAPL", quantity="4"), "Confirm")

    await operator.types("service pause", state="on", person=bob.actor)

    refused = await bob.types("buy", symbol="AAPL", quantity="1")
    assert "The operator has paused trading for you." in refused.text
    assert "PAUSED" in (await bob.types("positions")).title
    assert "paused by the operator for you" in (await bob.types("settings")).text
    resumed = await bob.types("resume")
    assert "PAUSED" in resumed.title
    closed = await bob.clicks(await bob.types("close", symbol="AAPL"), "Confirm")
    assert "Filled · Sell 4 AAPL" in closed.title
    assert "Review" in (await cloud.alice.types("buy", symbol="AAPL", quantity="1")).title


async def test_a_paused_server_is_paused_there_and_nowhere_else(cloud: World) -> None:
    bob, operator = cloud.bob, cloud.alice.in_dms

    told = await operator.types("service pause", state="on", server=str(cloud.guild.id))

    assert "not a member of a server" not in told.text
    refused = await bob.types("buy", symbol="AAPL", quantity="1")
    assert "The operator has paused trading in this server." in refused.text
    assert "Review" in (await bob.in_dms.types("buy", symbol="AAPL", quantity="1")).title
    policy = await cloud.alice.types("server policy", paused="off")
    assert "paused by the operator" in policy.text
    assert "PAUSED" in policy.title


async def test_a_server_of_which_nobody_knows_is_paused_and_doubted_where_it_would_be_known(
    cloud: World, transport: DiscordTransport
) -> None:
    told = await cloud.alice.in_dms.types(
        "service pause", state="on", server=" 123456789012345678 "
    )

    gateway = transport is DiscordTransport.GATEWAY
    assert "one server" in told.title
    assert ("not a member of a server of that id" in told.text) is gateway


@pytest.mark.parametrize(
    "options",
    [
        {"server": "12345"},
        {"server": "１２３４５６７８９０１２３４５６７"},
        {"server": "123456789012345678", "broker": "paper"},
    ],
)
async def test_an_operator_who_says_it_wrong_pauses_nothing(
    cloud: World, options: dict[str, str]
) -> None:
    told = await cloud.alice.in_dms.types("service pause", state="on", **options)

    assert told.title.endswith("That does not work")
    assert "Review" in (await cloud.bob.types("buy", symbol="AAPL", quantity="1")).title


async def test_the_operators_pauses_survive_a_restart(cloud: World, sqlite: Store) -> None:
    operator = cloud.alice.in_dms
    await operator.types("service pause", state="on", broker="kraken")
    await operator.types("service pause", state="on", person=cloud.bob.actor)

    await cloud.restart(sqlite.open())

    refused = await cloud.bob.types("buy", symbol="AAPL", quantity="1")
    assert "The operator has paused trading for you." in refused.text
    assert "Kraken" in (await operator.types("service status")).text


async def test_at_home_the_owner_is_the_operator(
    transport: DiscordTransport, sqlite: Store
) -> None:
    how = {"operator_ids": frozenset(), "discord_transport": transport}
    async with opened(DeploymentMode.SINGLE_USER, sqlite.open(), **how) as world:
        status = await world.alice.in_dms.types("service status")

    assert "Service status" in status.title
    assert "This process alone" in status.text
