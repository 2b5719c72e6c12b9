"""What a platform's probe sees."""

import asyncio
from collections.abc import Mapping

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from floorbroker.observability.metrics import Metrics
from floorbroker.web import health
from floorbroker.web.app import build_web_app


class Says:
    """A readiness that answers what it is told to."""

    def __init__(self, **checks: bool) -> None:
        self.now = checks

    async def checks(self) -> Mapping[str, bool]:
        return self.now


class Fails:
    async def checks(self) -> Mapping[str, bool]:
        raise ConnectionError("mongodb://user:planted@host/")


class Hangs:
    """Never answers; what it waits for never comes."""

    def __init__(self) -> None:
        self.given_up = False

    async def checks(self) -> Mapping[str, bool]:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.given_up = True
            raise
        return {}


class Counts:
    """Holds every round until it is let go."""

    def __init__(self) -> None:
        self.rounds = 0
        self.go = asyncio.Event()
        self.started = asyncio.Event()

    async def checks(self) -> Mapping[str, bool]:
        self.rounds += 1
        self.started.set()
        await self.go.wait()
        return {"store": True}


def client(readiness: health.Readiness) -> TestClient[web.Request, web.Application]:
    app = build_web_app(readiness=readiness, metrics=Metrics(), metrics_token=None)
    return TestClient(TestServer(app))


async def test_a_live_process_is_healthy_even_when_it_is_not_ready() -> None:
    async with client(Says(store=False)) as http:
        answer = await http.get("/healthz")

        assert (answer.status, await answer.text()) == (200, "ok\n")


async def test_it_is_ready_when_every_check_holds() -> None:
    async with client(Says(discord=True, store=True)) as http:
        answer = await http.get("/readyz")

        assert answer.status == 200
        assert await answer.json() == {"ready": True, "checks": {"discord": True, "store": True}}


async def test_one_check_that_does_not_hold_makes_it_unready_by_name() -> None:
    async with client(Says(discord=True, store=False)) as http:
        answer = await http.get("/readyz")

        assert answer.status == 503
        assert await answer.json() == {"ready": False, "checks": {"discord": True, "store": False}}


async def test_without_redis_it_is_ready_and_says_what_is_degraded() -> None:
    async with client(Says(discord=True, store=True, redis=False)) as http:
        answer = await http.get("/readyz")

        assert answer.status == 200
        assert await answer.json() == {
            "ready": True,
            "checks": {"discord": True, "store": True, "redis": False},
            "degraded": ["redis"],
        }


async def test_without_redis_and_store_it_is_not_ready() -> None:
    async with client(Says(store=False, redis=False)) as http:
        assert (await http.get("/readyz")).status == 503


async def test_readiness_is_asked_anew_each_time() -> None:
    readiness = Says(serving=True)
    async with client(readiness) as http:
        before = (await http.get("/readyz")).status
        readiness.now = {"serving": False}
        after = (await http.get("/readyz")).status

        assert (before, after) == (200, 503)


async def test_no_check_at_all_is_not_ready() -> None:
    async with client(Says()) as http:
        assert (await http.get("/readyz")).status == 503


async def test_a_check_that_fails_is_unready_and_its_error_stays_inside() -> None:
    async with client(Fails()) as http:
        answer = await http.get("/readyz")

        assert answer.status == 503
        assert await answer.json() == {"ready": False, "checks": {"checkable": False}}


async def test_checks_that_hang_are_given_up_in_time() -> None:
    readiness = Hangs()
    app = web.Application()
    health.add_health(app, readiness, check_seconds=0.01)
    async with TestClient(TestServer(app)) as http:
        answer = await http.get("/readyz")

        assert answer.status == 503
        assert await answer.json() == {"ready": False, "checks": {"in_time": False}}
        assert readiness.given_up


async def test_many_probes_at_once_cost_two_rounds_of_checks() -> None:
    readiness = Counts()
    probe = health.ReadinessProbe(readiness)
    async with asyncio.TaskGroup() as group:
        first = group.create_task(probe.checks())
        await readiness.started.wait()
        rest = [group.create_task(probe.checks()) for _ in range(20)]
        await asyncio.sleep(0)  # each of them has asked
        readiness.go.set()

    assert {task.result()["store"] for task in (first, *rest)} == {True}
    assert readiness.rounds == 2


async def test_a_probe_that_was_given_up_leaves_no_answer_behind() -> None:
    readiness = Counts()
    probe = health.ReadinessProbe(readiness)
    given_up = asyncio.create_task(probe.checks())
    await readiness.started.wait()
    given_up.cancel()
    readiness.go.set()

    assert await probe.checks() == {"store": True}


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
async def test_a_probe_may_ask_for_the_head_only(path: str) -> None:
    async with client(Says(store=True)) as http:
        answer = await http.head(path)

        assert (answer.status, await answer.read()) == (200, b"")
