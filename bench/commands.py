"""P1, P2, P4, P5: from an interaction to an answer."""

import asyncio
import time
from collections.abc import Sequence
from datetime import timedelta

import aiohttp

from bench.report import Row, Sample, Unit, sample
from bench.stage import Stage, Store, stage
from floorbroker.bot.replies.components import payload_of
from floorbroker.bot.replies.order_cards import order_card
from floorbroker.domain.ids import UserId
from floorbroker.domain.market import Market
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Side
from floorbroker.services.callers import Caller
from floorbroker.services.ticket import Ticket
from tests.simulators.discord import slash

A_SECOND = 200
SECONDS = 10
DEADLINE_SECONDS = 3.0
SETTLED = timedelta(seconds=5)
BUY = Ticket(symbol="AAPL", side=Side.BUY, quantity="1")


async def acknowledgement() -> Sequence[Row]:
    """P1: from the gateway's payload to the acknowledgement at Discord's door."""
    rows: list[Row] = []
    for store in (Store.MEMORY, Store.SQLITE):
        async with stage(store=store) as on:
            waits, fed = await _acknowledged(on)
            raw = await _bare_posts(on)
        missed = fed - sum(wait <= 1000 * DEADLINE_SECONDS for wait in waits)
        ours = sample(waits)
        rows += [
            Row(
                id="P1",
                what=f"acknowledgement at {A_SECOND} commands/s, {store.value}; raw: a bare POST",
                goal="p50 ≤ 1, p99 ≤ 5 ms",
                unit=Unit.MILLISECONDS,
                ours=ours,
                raw=raw,
                met=ours.median <= 1 and ours.p99 <= 5,
            ),
            Row(
                id="P1",
                what=f"missed 3 s deadlines of {fed}, {store.value}",
                goal="0",
                unit=Unit.COUNT,
                ours=Sample((float(missed),)),
                met=missed == 0,
            ),
        ]
    return rows


async def _acknowledged(on: Stage) -> tuple[list[float], int]:
    """How long each that was acknowledged took, in milliseconds; and how many were fed."""
    on.feed(slash("help", "1"))  # opens the connection
    await _until(on, 2)
    await on.forget()
    fed: dict[str, float] = {}
    started = time.monotonic()
    for number in range(A_SECOND * SECONDS):
        await asyncio.sleep(max(0.0, started + number / A_SECOND - time.monotonic()))
        payload = slash("balance", str(1_000 + number % 500))
        fed[payload["id"]] = time.monotonic()
        on.feed(payload)
    seen = await _until(on, 2 * len(fed))
    acknowledged = {path.split("/")[2]: at for _, path, at in seen if path.endswith("/callback")}
    waits = [1000 * (acknowledged[one] - at) for one, at in fed.items() if one in acknowledged]
    return waits, len(fed)


async def before_the_request() -> Sequence[Row]:
    """P2: from Confirm to the beginning of the broker's request, Discord's part left out.

    Over the wire server only the ratio tells something: how many reads of it are waited for.
    """
    rows = []
    for store in (Store.SQLITE, Store.MONGODB):
        ours, raw = await _before_the_request(store)
        has_goal = store is Store.SQLITE
        rows.append(
            Row(
                id="P2",
                what=f"added before the broker's request, {store.value}; raw: one read of it",
                goal="p50 ≤ 3, p99 ≤ 10 ms" if has_goal else "–",
                unit=Unit.MILLISECONDS,
                ours=ours,
                raw=raw,
                met=ours.median <= 3 and ours.p99 <= 10 if has_goal else None,
            )
        )
    return rows


async def _before_the_request(store: Store) -> tuple[Sample, Sample]:
    waits, raw = [], []
    async with stage(store=store, discord=False) as on:
        for number in range(300):
            user = UserId(str(5_000 + number % 50))
            order = await on.app.floor.drafts.draft(_caller(user, f"p2-{number}"), BUY)
            on.marking.began.clear()
            clicked = time.perf_counter()
            await _confirm(on, user, order)
            waits.append(1000 * (on.marking.began[0] - clicked))
            await on.app.supervisor.settled(SETTLED)  # the audit of it, which would stand before
            started = time.perf_counter()
            await on.app.documents.get("orders", order.order_id)
            raw.append(1000 * (time.perf_counter() - started))
    return sample(waits[50:]), sample(raw[50:])


async def cpu_per_order() -> Sequence[Row]:
    """P4: CPU of /buy and Confirm with both cards, without Discord's REST calls."""
    rows = []
    for store, most in ((Store.MEMORY, 1.0), (Store.SQLITE, 2.0)):
        async with stage(store=store, discord=False) as on:
            await _rounds(on, 100, "warm")
            ours = sample([await _cpu_of_round(on, number) for number in range(40)])
            raw = sample([await _cpu_of_broker(on) for _ in range(40)])
        rows.append(
            Row(
                id="P4",
                what=f"CPU per /buy + Confirm, {store.value}; raw: the paper broker's own share",
                goal=f"≤ {most} ms without the broker",
                unit=Unit.MILLISECONDS,
                ours=ours,
                raw=raw,
                met=ours.median - raw.median <= most,
            )
        )
    return rows


async def a_thousand_at_once() -> Sequence[Row]:
    """P5: 1,000 people confirm at once, the broker answering in 100 ms."""
    rows = []
    for store in (Store.MEMORY, Store.SQLITE):
        async with stage(store=store, discord=False, broker_seconds=0.1) as on:
            done, stall = await _storm(on)
        rows += [
            Row(
                id="P5",
                what=f"1,000 confirmations at once, all done, {store.value}",
                goal="≤ 2 s",
                unit=Unit.SECONDS,
                ours=Sample((done,)),
                raw=Sample((0.1,)),
                met=done <= 2,
            ),
            Row(
                id="P5",
                what=f"longest stall of the event loop, {store.value}",
                goal="≤ 100 ms",
                unit=Unit.MILLISECONDS,
                ours=Sample((stall,)),
                met=stall <= 100,
            ),
        ]
    return rows


def _caller(user: UserId, origin: str) -> Caller:
    return Caller(user_id=user, guild_id=None, origin_key=origin)


async def _until(on: Stage, count: int) -> list[tuple[str, str, float]]:
    for _ in range(600):
        seen = await on.seen()
        if len(seen) >= count:
            return seen
        await asyncio.sleep(0.1)
    return await on.seen()


async def _bare_posts(on: Stage) -> Sample:
    """What one request to the same server takes, without a bot."""
    waits = []
    async with aiohttp.ClientSession() as session:
        for _ in range(200):
            started = time.perf_counter()
            async with session.post(f"{on.base}/api/v10/interactions/1/t/callback", json={}):
                waits.append(1000 * (time.perf_counter() - started))
    return sample(waits[20:])


async def _confirm(on: Stage, user: UserId, order: Order) -> Order:
    address = on.app.floor.addresses.seal(user, "1", "1", "token")
    confirmed = await on.app.floor.orders.confirm(
        _caller(user, f"confirm-{order.order_id}"), order.order_id, address
    )
    assert confirmed.state is OrderState.FILLED, confirmed.state
    await on.app.floor.orders.told(confirmed)
    return confirmed


async def _rounds(on: Stage, rounds: int, name: str) -> None:
    for number in range(rounds):
        user = UserId(str(7_000 + number % 50))
        caller = _caller(user, f"p4-{name}-{number}")
        order = await on.app.floor.drafts.draft(caller, BUY)
        payload_of(order_card(order, "Paper", on.app.floor.clock.now()))
        order = await _confirm(on, user, order)
        payload_of(order_card(order, "Paper", on.app.floor.clock.now()))


async def _cpu_of_round(on: Stage, number: int) -> float:
    started = time.process_time()
    await _rounds(on, 50, str(number))
    return 1000 * (time.process_time() - started) / 50


async def _cpu_of_broker(on: Stage) -> float:
    """The same calls that a round makes to the broker, made directly."""
    user = UserId("7001")
    link = await on.app.floor.accounts.open_paper(user)
    account = (await on.app.floor.sessions.accounts(link))[0]
    order = await on.app.floor.drafts.draft(_caller(user, f"raw-{time.monotonic_ns()}"), BUY)
    async with on.app.floor.sessions.lease(link) as adapter:
        started = time.process_time()
        instrument = await adapter.instrument("AAPL")
        await adapter.quote(instrument)
        await adapter.balances(account)
        await adapter.positions(account)
        await adapter.instrument_rules(instrument)
        await adapter.market_hours(Market.US_EQUITIES)
        await adapter.preview_order(order)
        await adapter.place_order(order)
        return 1000 * (time.process_time() - started)


async def _storm(on: Stage) -> tuple[float, float]:
    """How long 1,000 confirmations take together, and the longest stall meanwhile."""
    users = [UserId(str(10_000 + number)) for number in range(1_000)]
    drafts = await asyncio.gather(
        *(on.app.floor.drafts.draft(_caller(user, f"p5-{user}"), BUY) for user in users)
    )
    stalls: list[float] = []
    watch = asyncio.create_task(_stalls(stalls))
    started = time.perf_counter()
    await asyncio.gather(
        *(_confirm(on, user, order) for user, order in zip(users, drafts, strict=True))
    )
    done = time.perf_counter() - started
    watch.cancel()
    return done, max(stalls)


async def _stalls(into: list[float]) -> None:
    while True:
        before = time.perf_counter()
        await asyncio.sleep(0.001)
        into.append(1000 * (time.perf_counter() - before - 0.001))
