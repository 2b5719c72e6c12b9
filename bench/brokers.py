"""P3 and P6: a broker on the wire, beside its SDK alone; and what linked people weigh."""

import asyncio
import gc
import resource
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from alpaca.trading.client import TradingClient
from alpaca.trading.enums import OrderSide, TimeInForce
from alpaca.trading.requests import MarketOrderRequest

from bench.report import Row, Sample, Unit, sample
from bench.simulated_alpaca import ANSWER_SECONDS, key_of, simulated_alpaca
from bench.stage import Stage, stage
from floorbroker.bot.replies.components import payload_of
from floorbroker.bot.replies.order_cards import order_card
from floorbroker.domain.ids import BrokerId, LinkId, UserId
from floorbroker.domain.modes import Environment
from floorbroker.domain.order import Order
from floorbroker.domain.orders import Side
from floorbroker.domain.people import Link
from floorbroker.services.callers import Caller
from floorbroker.services.credentials import Credentials
from floorbroker.services.link_requests import Wanted
from floorbroker.services.ticket import Ticket
from floorbroker.storage.people import People

ALPACA = BrokerId("alpaca")
ORDERS = 300
WARM = 30
LINKED = 10_000
ACTIVE = 1_000
BUY = Ticket(symbol="AAPL", side=Side.BUY, quantity="1", account="Alpaca paper")


async def confirm_beside_the_sdk() -> Sequence[Row]:
    """P3: from the click on Confirm to the receipt, over the same call of alpaca-py alone."""
    raw: list[float] = []
    waits: list[float] = []
    # Discord is there for the later news of orders, which must have somewhere to go.
    async with simulated_alpaca(2) as address, stage_at(address, discord=True) as on:
        user = UserId("30000")
        await linked(on, user, 0)
        alone = _sdk_alone(address)
        # One of each in turn, so that both meet the same machine.
        for number in range(WARM + ORDERS):
            raw.append(await asyncio.to_thread(_timed_submit, alone))
            waits.append(await _timed_confirm(on, user, number))
    ours, bare = sample(waits[WARM:]), sample(raw[WARM:])
    return (
        Row(
            id="P3",
            what=f"Confirm → receipt, Alpaca in {1000 * ANSWER_SECONDS:.0f} ms; raw: alpaca-py",
            goal="p50 ≤ 1.20×, p99 ≤ 1.40×",
            unit=Unit.MILLISECONDS,
            ours=ours,
            raw=bare,
            met=ours.median / bare.median <= 1.20 and ours.p99 / bare.p99 <= 1.40,
        ),
    )


async def memory_of_linked_people() -> Sequence[Row]:
    """P6: 10,000 linked people, 1,000 of them with an open session at Alpaca."""
    async with simulated_alpaca(ACTIVE) as address, stage_at(address) as on:
        before = _resident_megabytes()
        links = await _sealed_links(on, LINKED)
        for start in range(0, ACTIVE, 50):
            batch = links[start : start + 50]
            await asyncio.gather(*(on.app.floor.sessions.accounts(link) for link in batch))
        del links, batch
        gc.collect()
        after = _resident_megabytes()
    return (
        Row(
            id="P6",
            what=f"{LINKED:,} linked people, {ACTIVE:,} with an open session; raw: before them",
            goal="≤ 250 MB",
            unit=Unit.MEGABYTES,
            ours=Sample((after,)),
            raw=Sample((before,)),
            met=after <= 250,
        ),
    )


@asynccontextmanager
async def stage_at(address: str, *, discord: bool = False) -> AsyncIterator[Stage]:
    """The application, with Alpaca at `address`."""
    endpoints = (("alpaca.paper", address), ("alpaca.data", f"{address}/data"))
    async with stage(discord=discord, broker_endpoints=endpoints) as on:
        yield on


async def linked(on: Stage, user: UserId, number: int) -> None:
    """Links the person of that number, as the link page would."""
    key, secret = key_of(number)
    wanted = Wanted(user_id=user, broker=ALPACA, environment=Environment.PAPER)
    linking = on.app.floor.linking
    tried = await linking.try_out(wanted, {"api_key": key, "api_secret": secret})
    await linking.keep(tried)


def _sdk_alone(address: str) -> TradingClient:
    return TradingClient(*key_of(1), url_override=address)


def _timed_submit(client: TradingClient) -> float:
    asked = MarketOrderRequest(
        symbol="AAPL", qty=1, side=OrderSide.BUY, time_in_force=TimeInForce.DAY
    )
    started = time.perf_counter()
    client.submit_order(asked)
    return 1000 * (time.perf_counter() - started)


async def _timed_confirm(on: Stage, user: UserId, number: int) -> float:
    floor = on.app.floor
    order = await floor.drafts.draft(caller(user, f"p3-{number}"), BUY)
    started = time.perf_counter()
    address = floor.addresses.seal(user, "1", "1", "token")
    by = caller(user, f"p3-confirm-{number}")
    confirmed: Order = await floor.orders.confirm(by, order.order_id, address)
    payload_of(order_card(confirmed, "Alpaca paper", floor.clock.now()))
    elapsed = 1000 * (time.perf_counter() - started)
    assert confirmed.broker_order_id, confirmed.state
    await floor.orders.told(confirmed)
    return elapsed


async def _sealed_links(on: Stage, count: int) -> list[Link]:
    """Links as the link page would have stored them, straight into the store."""
    credentials, people = Credentials(on.vault), People(on.app.documents)
    links = []
    for number in range(count):
        key, secret = key_of(number)
        now = on.app.floor.clock.now()
        link = Link(
            link_id=LinkId(f"{number:016x}"),
            user_id=UserId(str(40_000 + number)),
            broker=ALPACA,
            environment=Environment.PAPER,
            label="Alpaca paper",
            created_at=now,
            linked_at=now,
        )
        given = {"api_key": key, "api_secret": secret}
        stored = await people.save_link(credentials.sealed(link, given))
        assert stored is not None
        if number < ACTIVE:
            links.append(stored)
    return links


def caller(user: UserId, origin: str) -> Caller:
    """Somebody in direct messages."""
    return Caller(user_id=user, guild_id=None, origin_key=origin)


def _resident_megabytes() -> float:
    """Now, not at its peak, where the machine tells."""
    statm = Path("/proc/self/statm")
    if statm.exists():
        return int(statm.read_text().split()[1]) * resource.getpagesize() / 2**20
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
