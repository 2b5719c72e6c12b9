"""/setup broker, accounts, default, status, remove."""

import pytest

from floorbroker.brokers.registry import all_brokers, brokers_in, single_user_only_brokers
from floorbroker.domain.modes import DeploymentMode
from tests.e2e import forged
from tests.e2e.conftest import Open
from tests.e2e.people import Answer
from tests.e2e.world import World
from tests.simulators.paper_faults import Down


async def test_setup_broker_offers_what_the_mode_allows_and_explains_the_rest(
    world: World,
) -> None:
    card = await world.alice.types("setup broker")

    mode = world.app.settings.deployment_mode
    assert card.title == "Select your broker:"
    assert card.private
    assert [(one["label"], one["value"]) for one in card.choices] == [
        (spec.name, spec.id) for spec in brokers_in(mode)
    ]
    described = {one["value"]: one["description"] for one in card.choices}
    assert described["alpaca"].startswith("Cloud-based API")
    if mode is DeploymentMode.SINGLE_USER:
        assert described["ibkr"].startswith("⚠️ Single-user only")
    else:
        assert not set(single_user_only_brokers()) & set(described)
    for spec in all_brokers():
        assert spec.name in card.text


async def test_every_broker_of_the_menu_has_a_page_of_its_own(world: World) -> None:
    for spec in brokers_in(world.app.settings.deployment_mode):
        page = await world.alice.chooses(await world.alice.types("setup broker"), spec.id)

        assert spec.name in page.text
        assert page.private
        assert page.beside == []


async def test_the_paper_account_opens_at_once(world: World) -> None:
    page = await world.alice.chooses(await world.alice.types("setup broker"), "paper")

    card = await world.alice.clicks(page, "Open paper account")

    assert "Connected to Paper" in card.title
    assert "PAPER" in card.title


@pytest.mark.parametrize("broker", single_user_only_brokers())
async def test_a_gateway_broker_cannot_be_had_in_the_cloud_even_by_a_forged_choice(
    cloud: World, broker: str
) -> None:
    menu = await cloud.alice.types("setup broker")

    forged_choice = forged.choice(cloud, cloud.alice, menu, "fb:brokers", [broker])
    page = Answer(await forged_choice.delivered())

    assert "Single-User Deployment Required" in page.title
    assert "not possible with a bot in the cloud" in page.text
    assert page.buttons == {}


@pytest.mark.parametrize("value", ["", "etrade2", "../paper", "PAPER", "x" * 100])
async def test_a_broker_that_does_not_exist_is_refused_with_a_card(
    world: World, value: str
) -> None:
    menu = await world.alice.types("setup broker")

    forged_choice = forged.choice(world, world.alice, menu, "fb:brokers", [value])
    answer = Answer(await forged_choice.delivered())

    assert "Choose a broker from the list." in answer.refusal.text


async def test_setup_accounts_lists_them_and_their_defaults(world: World) -> None:
    await world.alice.types("setup default", account="Paper", kind="crypto")

    card = await world.alice.types("setup accounts")

    assert "Paper …3456" in card.text
    assert "PAPER" in card.text
    assert "default for crypto" in card.text


async def test_setup_default_says_what_goes_there(world: World) -> None:
    card = await world.alice.types("setup default", account="Paper")

    assert "Default account" in card.title
    assert "Orders for everything without a default of its own go there" in card.text


async def test_setup_status_tells_how_each_link_is_doing(world: World) -> None:
    card = await world.alice.types("setup status")

    assert world.app.settings.deployment_mode.value in card.text
    assert "connected" in card.text


async def test_a_removed_account_takes_its_orders_and_money_with_it(world: World) -> None:
    await world.alice.clicks(await world.alice.types("buy", symbol="AAPL", quantity="9"), "Confirm")
    asked = await world.alice.types("setup remove", account="Paper")

    gone = await world.alice.clicks(asked, "Remove")

    assert "Removed · Paper" in gone.title
    refused = await world.alice.types("buy", symbol="AAPL", quantity="1")
    assert refused.title.endswith("No account")
    assert "/setup broker opens one" in refused.text
    page = await world.alice.chooses(await world.alice.types("setup broker"), "paper")
    await world.alice.clicks(page, "Open paper account")
    assert "No open positions." in (await world.alice.types("positions")).text


async def test_removing_can_be_thought_better_of(world: World) -> None:
    asked = await world.alice.types("setup remove", account="Paper")

    kept = await world.alice.clicks(asked, "Keep")

    assert kept.title == "Kept"
    assert "connected" in (await world.alice.types("setup status")).text


@pytest.mark.parametrize("command", ["setup default", "setup remove"])
async def test_an_account_that_is_not_there_is_refused(world: World, command: str) -> None:
    card = await world.alice.types(command, account="Nowhere")

    assert card.title.endswith("No account")


async def test_without_an_account_every_command_says_what_to_do(world: World) -> None:
    asked = await world.alice.types("setup remove", account="Paper")
    await world.alice.clicks(asked, "Remove")

    answers = [
        await world.alice.types("buy", symbol="AAPL", quantity="1"),
        await world.alice.types("sell", symbol="AAPL", quantity="1"),
        await world.alice.types("close", symbol="AAPL"),
        await world.alice.types("positions"),
        await world.alice.types("balance"),
        await world.alice.types("portfolio"),
        await world.alice.types("setup accounts"),
    ]

    assert all("/setup broker opens one" in card.text for card in answers)
    assert world.broker.orders_received == 0


async def test_setup_works_in_direct_messages_too(world: World) -> None:
    alice = world.alice.in_dms

    titles = [
        (await alice.types("setup broker")).title,
        (await alice.types("setup accounts")).title,
        (await alice.types("setup default", account="Paper")).title,
        (await alice.types("setup status")).title,
        (await alice.types("setup remove", account="Paper")).title,
    ]

    assert titles[0] == "Select your broker:"
    assert "Your accounts" in titles[1]
    assert "Default account" in titles[2]
    assert "Status" in titles[3]
    assert "Remove Paper?" in titles[4]


async def test_setup_status_asks_the_broker_now(open_cloud: Open) -> None:
    broker = Down()
    broker.up = True
    async with open_cloud(broker=broker) as world:
        await world.alice.types("setup status")
        broker.up = False

        card = await world.alice.types("setup status")

        assert "connected" not in card.text
        assert "PAPER" in card.text


async def test_setup_broker_says_why_a_gateway_cannot_be_served_and_who_can_instead(
    world: World,
) -> None:
    card = await world.alice.types("setup broker")

    in_the_cloud = world.app.settings.deployment_mode is DeploymentMode.MULTI_USER
    assert ("logged in by hand with 2FA" in card.text) is in_the_cloud
    assert ("Instead: Alpaca or Charles Schwab" in card.text) is in_the_cloud
