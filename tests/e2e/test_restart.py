"""Another process takes over at any moment: cards go on working, nothing is sent twice."""

from floorbroker.domain.modes import DeploymentMode
from floorbroker.domain.order_state import OrderState
from tests.e2e.world import opened
from tests.simulators.paper_faults import Counting, Silent
from tests.stores import Store


async def test_a_review_is_confirmed_by_the_next_process(
    mode: DeploymentMode, either_store: Store
) -> None:
    async with opened(mode, either_store.open()) as world:
        review = await world.alice.types("buy", symbol="AAPL", quantity="10")

        await world.restart(either_store.open())
        receipt = await world.alice.clicks(review, "Confirm")

        assert "Filled · Buy 10 AAPL" in receipt.title
        assert world.broker.orders_received == 1


async def test_the_buttons_of_every_card_work_in_the_next_process(
    mode: DeploymentMode, sqlite: Store
) -> None:
    async with opened(mode, sqlite.open()) as world:
        alice = world.alice
        receipt = await alice.clicks(
            await alice.types("buy", symbol="AAPL", quantity="2"), "Confirm"
        )
        resting = await alice.clicks(
            await alice.types("buy", symbol="AAPL", quantity="2", limit="9"), "Confirm"
        )
        positions = await alice.types("positions")
        settings = await alice.types("settings")
        menu = await alice.types("setup broker")

        await world.restart(sqlite.open())
        await world.later(3)
        await alice.clicks(receipt, "Share")
        canceled = await alice.clicks(resting, "Cancel order")
        closing = await alice.clicks(positions, "Close AAPL")
        paused = await alice.clicks(settings, "Pause trading")
        page = await alice.chooses(menu, "paper")

        assert len(world.public()) == 1
        assert "Canceled" in canceled.title
        assert "Review · Sell 2 AAPL" in closing.title
        assert "PAUSED" in paused.title
        assert "Open paper account" in page.buttons


async def test_an_order_that_is_unknown_at_the_end_is_resolved_by_the_next_process(
    mode: DeploymentMode, either_store: Store
) -> None:
    async with opened(mode, either_store.open(), broker=Silent()) as world:
        review = await world.alice.types("buy", symbol="AAPL", quantity="10")
        card = await world.alice.clicks(review, "Confirm")
        assert "Sent, outcome unknown" in card.title

        await world.restart(either_store.open(), broker=Counting())
        await world.later(5)

        assert "Filled" in card.title  # through the token that the first process had sealed
        (order,) = await world.orders(world.alice)
        assert order.state is OrderState.FILLED
        assert world.broker.orders_received == 1
        assert len(await world.at_broker(world.alice)) == 1


async def test_the_next_process_tells_discord_nothing_new_about_the_same_commands(
    mode: DeploymentMode, sqlite: Store
) -> None:
    async with opened(mode, sqlite.open()) as world:
        synced = [one.path for one in world.env.http_requests if one.path.endswith("/commands")]

        await world.restart(sqlite.open())

        again = [one.path for one in world.env.http_requests if one.path.endswith("/commands")]
        assert len(synced) == 1
        assert again == synced
