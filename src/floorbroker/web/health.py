"""Whether the process lives, and whether it can take work."""

import asyncio
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final, Protocol

import structlog
from aiohttp import web

CHECK_SECONDS: Final = 2.0
"""How long all checks together may take; less than what a platform's probe waits."""

NEED_NOT: Final = frozenset({"redis"})
"""Without these work goes on, only less well: they degrade, and take no replica out of service."""

_log = structlog.stdlib.get_logger(__name__)


class Readiness(Protocol):
    """What must hold before work may arrive."""

    async def checks(self) -> Mapping[str, bool]:
        """Names of conditions (`discord`, `store`, `redis`), and whether each holds now."""
        ...


def add_health(
    app: web.Application, readiness: Readiness, *, check_seconds: float = CHECK_SECONDS
) -> None:
    """Adds `/healthz` and `/readyz`."""
    probe = ReadinessProbe(readiness, check_seconds)

    async def healthz(_request: web.Request) -> web.Response:
        """That it answers is the whole check: a stuck event loop would not."""
        return web.Response(text="ok\n")

    async def readyz(_request: web.Request) -> web.Response:
        checks = await probe.checks()
        failing = {name for name, held in checks.items() if not held}
        ready = bool(checks) and failing <= NEED_NOT
        body: dict[str, Any] = {"ready": ready, "checks": checks}
        if degraded := sorted(failing & NEED_NOT):
            body["degraded"] = degraded
        return web.json_response(
            body,
            status=HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE,
        )

    app.router.add_get("/healthz", healthz)
    app.router.add_get("/readyz", readyz)


class ReadinessProbe:
    """Runs one round of checks at a time, so that strangers cannot multiply requests to the store.

    Whoever waits shares the next round: an answer is never older than its question.
    """

    def __init__(self, readiness: Readiness, check_seconds: float = CHECK_SECONDS) -> None:
        """`check_seconds` is how long one round may take."""
        self._readiness = readiness
        self._check_seconds = check_seconds
        self._one_round = asyncio.Lock()
        self._asked = 0
        self._answered = 0
        self._checks: dict[str, bool] = {}

    async def checks(self) -> dict[str, bool]:
        """Never raises: what cannot be checked does not hold."""
        self._asked += 1
        mine = self._asked
        async with self._one_round:
            if self._answered < mine:
                round_for = self._asked
                self._checks = await self._bounded()
                self._answered = round_for
            return self._checks

    async def _bounded(self) -> dict[str, bool]:
        try:
            async with asyncio.timeout(self._check_seconds):
                return {name: bool(held) for name, held in (await self._readiness.checks()).items()}
        except TimeoutError:
            return {"in_time": False}
        except Exception:  # noqa: BLE001  # whatever fails, the answer is "not ready"
            _log.exception("readiness_check_failed")
            return {"checkable": False}
