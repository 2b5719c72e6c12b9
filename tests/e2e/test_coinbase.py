"""Coinbase in a simulated Discord, with real money as far as anybody there can tell.

The real adapter, coinbase-advanced-py and the wire, with the cards that a person sees.
"""

import logging
from decimal import Decimal

import pytest

from floorbroker.domain.errors import AuthenticationFailed, BrokerError, PolicyRefused
from floorbroker.domain.modes import DeploymentMode
from floorbroker.domain.order_state import OrderState
from tests.e2e.at_coinbase import KEY, SECRETS, at_coinbase, linked, priced
from tests.e2e.people import Answer, Seen
from tests.e2e.world import World
from tests.observability.captured import captured_stderr
from tests.simulators.coinbase import ES256, CoinbaseSimulator, Fault
from tests.simulators.coinbase.keys import new_api_key, new_secret
from tests.stores import Store


async def _review(world: World, command: str = "buy", **options: str) -> Answer:
    usual = {"symbol": "BTC/USD", "quantity": "0.1", **options}
    return await world.alice.in_dms.types(command, **usual)


async def _confirmed(world: World, command: str = "buy", **options: str) -> Answer:
    return await world.alice.in_dms.clicks(await _review(world, command, **options), "Confirm")


@pytest.mark.parametrize("kind", ["Ed25519", "ECDSA"])
@pytest.mark.parametrize("mode", list(DeploymentMode))
async def test_a_person_links_quotes_buys_doubts_cancels_sells_and_unlinks(
    sqlite: Store, mode: DeploymentMode, kind: str
) -> None:
    async with at_coinbase(sqlite.open(), mode, secret=SECRETS[kind]) as (world, sim):
        alice = world.alice.in_dms

        balance = await alice.types("balance")
        assert "100,000.00" in balance.text
        assert "LIVE" in balance.text

        review = await _review(world)
        assert "Review · Buy 0.1 BTC/USD LIVE" in review.title
        assert "Coinbase's spot exchange" in review.text
        assert "54.01" in review.text  # 0.90 % of 6,001 USD: Coinbase's fee for this person
        assert sim.orders_received == 0
        bought = await alice.clicks(review, "Confirm")
        await world.later(10)
        assert "Filled · Buy 0.1 BTC/USD LIVE" in bought.title, bought.text
        assert "54.01" in bought.text

        await world.later(60)
        sim.fail("place", Fault.CLOSE, times=1)
        doubtful = await _confirmed(world, limit="50000")
        assert "Sent, outcome unknown" in doubtful.title
        for _ in range(3):
            await world.later(20)
        order = (await world.orders(world.alice))[0]
        assert order.state is OrderState.ACCEPTED
        assert order.broker_order_id == sim.order(order.order_id).id

        canceled = await alice.types("order cancel", order=order.order_id)
        await world.later(20)
        assert sim.order(order.order_id).status == "CANCELLED"
        assert "Canceled" in canceled.title
        await world.later(60)

        priced(sim)
        sold = await _confirmed(world, "sell")
        await world.later(10)
        assert "Filled · Sell 0.1 BTC/USD LIVE" in sold.title, sold.text
        await world.later(60)
        assert "No open positions." in (await alice.types("positions")).text
        assert (sim.orders_received, sim.cancels_received) == (3, 1)

        removing = await alice.types("setup remove", account="Coinbase live")
        await alice.clicks(removing, "Remove")
        asked = len(sim.received)
        assert "Coinbase live" not in (await alice.types("setup accounts")).text
        assert len(sim.received) == asked


async def test_a_change_is_told_as_made_once_coinbase_shows_it(sqlite: Store) -> None:
    async with at_coinbase(sqlite.open()) as (world, sim):
        await _confirmed(world, limit="50000")
        await world.later(30)
        (order,) = await world.orders(world.alice)

        await world.alice.in_dms.types("order modify", order=order.order_id, limit="49000")
        await world.later(20)

        (order,) = await world.orders(world.alice)
        changed = sim.order(order.order_id)
        assert (changed.limit_price, changed.base_size) == (Decimal(49000), Decimal("0.1"))
        assert order.request.limit_price == 49000
        assert (sim.modifies_received, sim.orders_received) == (1, 1)


# Keys


@pytest.mark.parametrize(
    ("key", "secret"),
    [(new_api_key(), SECRETS["Ed25519"]), (KEY, new_secret(ES256)), (KEY, SECRETS["ECDSA"])],
    ids=["another key", "another secret", "another algorithm"],
)
async def test_a_wrong_key_is_refused_and_not_stored(sqlite: Store, key: str, secret: str) -> None:
    async with at_coinbase(sqlite.open()) as (world, _):
        before = await world.alice.in_dms.types("setup accounts")
        await world.later(5)  # a new link begins to count at the clock

        with pytest.raises(AuthenticationFailed, match="does not accept this key"):
            await linked(world, key, secret)

        assert (await world.alice.in_dms.types("setup accounts")).text == before.text


async def test_a_key_that_may_transfer_is_refused_and_not_stored(sqlite: Store) -> None:
    async with at_coinbase(sqlite.open()) as (world, sim):
        sim.key(KEY).can_transfer = True
        before = await world.alice.in_dms.types("setup accounts")
        await world.later(5)  # a new link begins to count at the clock

        with pytest.raises(PolicyRefused, match="may withdraw"):
            await linked(world)

        assert (await world.alice.in_dms.types("setup accounts")).text == before.text


async def test_a_key_that_sees_nothing_is_refused_by_name(sqlite: Store) -> None:
    async with at_coinbase(sqlite.open()) as (world, sim):
        sim.key(KEY).can_view = False
        await world.later(5)  # a new link begins to count at the clock

        with pytest.raises(BrokerError, match="permissions"):
            await linked(world)


async def test_another_key_of_the_same_portfolio_renews_its_link(sqlite: Store) -> None:
    async with at_coinbase(sqlite.open()) as (world, sim):
        another = sim.add_key(sim.key(KEY).person, algorithm=ES256)
        await world.later(5)  # a new link begins to count at the clock

        again = await linked(world, another.api_key, another.api_secret)

        assert again.renewed


async def test_a_key_of_another_portfolio_is_another_account(sqlite: Store) -> None:
    async with at_coinbase(sqlite.open()) as (world, sim):
        anna = sim.key(KEY).person
        savings = sim.add_portfolio(anna, "Savings", cash="1234")
        another = sim.add_key(anna, portfolio=savings)
        await world.later(5)  # a new link begins to count at the clock

        added = await linked(world, another.api_key, another.api_secret)

        assert not added.renewed
        shown = await world.alice.in_dms.types("setup accounts")
        assert f"Coinbase live 2 …{savings.id[-4:]}" in shown.text
        balance = await world.alice.in_dms.types("balance", account="Coinbase live 2")
        assert "1,234.00" in balance.text


async def test_a_key_that_was_revoked_is_told_and_marked(sqlite: Store) -> None:
    async with at_coinbase(sqlite.open()) as (world, sim):
        alice = world.alice.in_dms
        await alice.types("balance")
        await world.later(20)
        sim.revoke(KEY)

        first = await alice.types("balance")
        asked = len(sim.received)
        second = await alice.types("balance")

        assert "Coinbase does not accept this key." in first.text
        assert "Coinbase no longer accepts the access stored for Coinbase live." in second.text
        assert len(sim.received) == asked


async def test_status_tells_what_the_key_may_do_by_now(sqlite: Store) -> None:
    async with at_coinbase(sqlite.open()) as (world, sim):
        alice = world.alice.in_dms
        assert "withdraw" not in (await alice.types("setup status")).text

        sim.key(KEY).can_transfer = True
        await world.later(60)

        assert "may withdraw money by now" in (await alice.types("setup status")).text


async def _a_day(world: World, sim: CoinbaseSimulator) -> list[Seen]:
    alice = world.alice.in_dms
    seen: list[Seen] = []
    for command in ("setup accounts", "balance", "positions", "portfolio"):
        seen.append(await alice.types(command))
        await world.later(20)
    for fault in (None, Fault.BAD_GATEWAY, Fault.INVALID_JSON, Fault.RESET, Fault.LIST):
        trouble = None if fault is None else sim.fail("place", fault, times=1)
        seen.append(await _confirmed(world, limit="50000"))
        if trouble is not None:
            trouble.release()
        await world.later(60)
    priced(sim)
    sim.refuse("place", message=f"key {KEY} may not do that", times=1)
    seen.append(await _confirmed(world))
    sim.fail("read", Fault.INVALID_JSON, times=1)
    seen.append(await alice.types("balance"))
    await world.later(60)
    sim.revoke(KEY)
    seen += [await alice.types("balance"), await alice.types("setup status")]
    return seen


@pytest.mark.parametrize("kind", ["Ed25519", "ECDSA"])
async def test_no_key_is_in_a_log_a_card_or_a_metric(sqlite: Store, kind: str) -> None:
    secret = SECRETS[kind]
    with captured_stderr(level="DEBUG") as log:
        logging.getLogger("urllib3").setLevel(logging.DEBUG)
        async with at_coinbase(sqlite.open(), secret=secret) as (world, sim):
            seen = await _a_day(world, sim)
            told = [*seen, *world.public(), *world.messages_to(world.alice)]
            cards = "\n".join(f"{one.text}\n{one.raw}" for one in told)
            metrics, _ = world.app.metrics.render()

    lines = log.getvalue()
    assert "link_died" in lines  # the log was on
    assert "key [hidden] may not do that" in cards
    for hidden in (KEY, KEY.rpartition("/")[2], *_pieces(secret)):
        assert hidden not in lines
        assert hidden not in cards
        assert hidden.encode() not in metrics


def _pieces(secret: str) -> list[str]:
    """Its lines, without those that every key has."""
    return [line for line in secret.splitlines() if not line.startswith("-----")]
