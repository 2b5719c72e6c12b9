"""A process that serves and one that works, on one store: each does its own part."""

import asyncio
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from floorbroker.bootstrap import App, running
from floorbroker.domain.clock import SystemClock
from floorbroker.domain.ids import BrokerId, LinkId, UserId
from floorbroker.domain.modes import Environment, Role
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.people import Link
from floorbroker.storage.orders import Orders
from floorbroker.storage.sqlite import SqliteDocuments
from floorbroker.vault.keyring import new_key, parse_keyring
from tests.e2e.crowd import confirm, draft
from tests.floor import settings
from tests.observability.scraped import samples
from tests.redis_server import RedisServer
from tests.replicas.at_replicas import in_doubt
from tests.replicas.replicated import PATIENCE_SECONDS, until

KEYS = parse_keyring(new_key("test"))


def jobs_done(app: App) -> set[str]:
    """Which kinds of jobs a process has carried out."""
    return {
        name
        for (sample, labels), count in samples(app.metrics).items()
        if sample == "floorbroker_job_seconds_count" and count
        for name in labels
        if name not in {"OK", "ERROR", "CANCELLED"}
    }


async def seen(app: App, order: Order) -> Order:
    found = await Orders(app.documents).get(order.user_id, order.order_id)
    assert found is not None
    return found


@pytest.fixture
def order() -> Order:
    """In doubt, at an account that was removed: that is all that a look finds out."""
    now = SystemClock().now()
    gone = Link(
        link_id=LinkId("gone"),
        user_id=UserId("100000000000000001"),
        broker=BrokerId("paper"),
        environment=Environment.PAPER,
        label="Gone",
        created_at=now,
    )
    return replace(in_doubt(gone, now, 1), news_at=None)


def process(folder: Path, redis: RedisServer, role: Role) -> AbstractAsyncContextManager[App]:
    """One of several on the store in that folder."""
    return running(
        settings(redis_url=SecretStr(redis.url), reconcile_seconds=0.2, paper_latency_ms=0),
        documents=SqliteDocuments(folder / "floor.db", busy_timeout_seconds=20),
        keyring=KEYS,
        role=role,
    )


async def test_the_one_that_works_reads_back_what_the_one_that_serves_has_left(
    redis_server: RedisServer, tmp_path: Path, order: Order
) -> None:
    async with (
        process(tmp_path, redis_server, Role.WEB) as web,
        process(tmp_path, redis_server, Role.WORKER) as worker,
    ):
        await Orders(web.documents).add(order)
        await until(lambda: {"reconcile", "read back"} <= jobs_done(worker))
        after = await seen(web, order)

        assert jobs_done(web) == set()

    assert after.check_at is None
    assert "account was removed" in after.reason


@pytest.mark.parametrize("away", ["stop", pytest.param("suspend", marks=pytest.mark.long)])
async def test_without_redis_orders_are_sent_and_read_back(
    redis_server: RedisServer, tmp_path: Path, order: Order, away: str
) -> None:
    async with process(tmp_path, redis_server, Role.ALL) as app:
        await until(lambda: "reconcile" in jobs_done(app))
        getattr(redis_server, away)()
        await Orders(app.documents).add(order)

        done = await confirm(app, await draft(app, 1))
        checks = await app.checks()
        after = order
        async with asyncio.timeout(PATIENCE_SECONDS):
            while after.check_at is not None:
                after = await seen(app, order)

    assert done.state is OrderState.FILLED
    assert checks == {"discord": False, "store": True, "taking_orders": True, "redis": False}
