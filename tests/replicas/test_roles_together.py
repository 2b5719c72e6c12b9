"""A process that serves and one that works, on one store: each does its own part."""

from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path

from pydantic import SecretStr

from floorbroker.bootstrap import App, running
from floorbroker.domain.clock import SystemClock
from floorbroker.domain.ids import BrokerId, LinkId, UserId
from floorbroker.domain.modes import Environment, Role
from floorbroker.domain.order import Order
from floorbroker.domain.people import Link
from floorbroker.storage.orders import Orders
from floorbroker.storage.sqlite import SqliteDocuments
from floorbroker.vault.keyring import new_key, parse_keyring
from tests.floor import settings
from tests.observability.scraped import samples
from tests.redis_server import RedisServer
from tests.replicas.at_replicas import in_doubt
from tests.replicas.replicated import until

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


async def test_the_one_that_works_reads_back_what_the_one_that_serves_has_left(
    redis_server: RedisServer, tmp_path: Path
) -> None:
    chosen = settings(redis_url=SecretStr(redis_server.url), reconcile_seconds=0.2)
    now = SystemClock().now()
    of_nobody = Link(  # its account was removed, which is all that a look finds out here
        link_id=LinkId("gone"),
        user_id=UserId("100000000000000001"),
        broker=BrokerId("paper"),
        environment=Environment.PAPER,
        label="Gone",
        created_at=now,
    )
    order = in_doubt(of_nobody, now, 1)

    def process(role: Role) -> AbstractAsyncContextManager[App]:
        store = SqliteDocuments(tmp_path / "floor.db", busy_timeout_seconds=20)
        return running(chosen, documents=store, keyring=KEYS, role=role)

    async with process(Role.WEB) as web, process(Role.WORKER) as worker:
        await Orders(web.documents).add(replace(order, news_at=None))
        await until(lambda: {"reconcile", "read back"} <= jobs_done(worker))
        after = await seen(web, order)

        assert jobs_done(web) == set()

    assert after.check_at is None
    assert "account was removed" in after.reason
