"""What is suggested while an option is typed: one's own things, at most 25, never an error."""

import pytest

from floorbroker.config import DiscordTransport
from floorbroker.domain.modes import DeploymentMode
from tests.e2e.conftest import Open
from tests.e2e.people import Somebody
from tests.e2e.world import World, opened
from tests.fakes.flaky_documents import FlakyDocuments
from tests.simulators.paper_faults import Down
from tests.stores import Store


@pytest.fixture(params=["in the server", "in direct messages"])
def alice(world: World, request: pytest.FixtureRequest) -> Somebody:
    """Alice, once at each place."""
    return world.alice if request.param == "in the server" else world.alice.in_dms


@pytest.mark.parametrize("command", ["buy", "sell", "close"])
async def test_symbols_are_found_by_their_beginning_and_by_name(
    alice: Somebody, command: str
) -> None:
    assert "AAPL" in await alice.typing(command, "symbol", "aap")
    assert "AAPL" in await alice.typing(command, "symbol", "Apple")
    assert await alice.typing(command, "symbol", "no such thing") == []
    assert 1 < len(await alice.typing(command, "symbol", "a")) <= 25


@pytest.mark.parametrize(
    "command", ["buy", "sell", "close", "positions", "balance", "setup default", "setup remove"]
)
async def test_accounts_are_found_and_can_be_used(alice: Somebody, command: str) -> None:
    (value,) = await alice.typing(command, "account", "pap")

    card = await alice.types("balance", account=value)

    assert "100,000.00" in card.text
    assert await alice.typing(command, "account", "savings") == []


async def test_orders_are_found_and_only_open_ones_where_that_matters(
    world: World, alice: Somebody
) -> None:
    await alice.clicks(await alice.types("buy", symbol="MSFT", quantity="1"), "Confirm")
    await alice.clicks(await alice.types("buy", symbol="AAPL", quantity="1", limit="9"), "Confirm")
    resting, ended = (order.order_id for order in await world.orders(alice))

    assert await alice.typing("order status", "order", "") == [resting, ended]
    assert await alice.typing("order cancel", "order", "") == [resting]
    assert await alice.typing("order modify", "order", "aapl") == [resting]
    assert await alice.typing("order status", "order", "msft") == [ended]


async def test_nobody_is_suggested_somebody_elses_things(cloud: World) -> None:
    alice, bob = cloud.alice, cloud.bob
    await alice.clicks(await alice.types("buy", symbol="AAPL", quantity="1", limit="9"), "Confirm")

    orders = await bob.typing("order status", "order", "")
    accounts = await bob.typing("balance", "account", "")

    assert orders == []
    assert not any(alice.user_id in value for value in accounts)


async def test_a_broker_that_is_down_only_suggests_nothing(open_cloud: Open) -> None:
    async with open_cloud(broker=Down()) as world:
        assert await world.alice.typing("buy", "symbol", "aap") == []
        assert await world.alice.typing("buy", "account", "pap") == []


async def test_a_store_that_is_down_only_suggests_nothing(
    transport: DiscordTransport, sqlite: Store
) -> None:
    store = FlakyDocuments(sqlite.open())
    async with opened(DeploymentMode.MULTI_USER, store, discord_transport=transport) as world:
        for collection in ("links", "orders", "users"):
            store.fail("find", collection)
            store.fail("get", collection)

        assert await world.alice.typing("order status", "order", "") == []
        assert await world.alice.typing("buy", "account", "") == []
        assert await world.alice.typing("buy", "symbol", "aap") == []
        store.recover()


async def test_behind_several_symbols_the_last_one_is_suggested(alice: Somebody) -> None:
    assert "MSFT AAPL" in await alice.typing("quote", "symbol", "msft aap")
    assert "MSFT BTC/USD AAPL" in await alice.typing("quote", "symbol", "msft, btc/usd,aap")
    assert "BRK.B" in await alice.typing("quote", "symbol", "berkshire h")
    assert await alice.typing("quote", "symbol", "<@1> aap") == []
