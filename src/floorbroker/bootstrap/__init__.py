"""The only place that builds concrete objects and starts background work."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from floorbroker.bootstrap import background as background_work
from floorbroker.bootstrap.ground import build_ground
from floorbroker.bootstrap.parts import App, build, build_master_keys
from floorbroker.config import Settings, SettingsProblem
from floorbroker.domain.clock import Clock, SystemClock
from floorbroker.domain.ids import BrokerId
from floorbroker.domain.modes import Role
from floorbroker.observability.metrics import Metrics
from floorbroker.services.servable import expect_servable, note_version
from floorbroker.services.supervisor import Supervisor
from floorbroker.storage.documents import Documents
from floorbroker.storage.indexes import INDEXES
from floorbroker.storage.marks import Marks
from floorbroker.storage.metered import MeteredDocuments
from floorbroker.storage.opening import open_documents
from floorbroker.vault.keyring import Keyring
from floorbroker.vault.opening import open_keyring
from floorbroker.vault.seal import Vault

__all__ = ["App", "build_master_keys", "running"]

GOODBYE = timedelta(seconds=2)
_ALONE = (
    "--role {} needs REDIS_URL, through which processes share the work. Set it to their Redis, or "
    "run without --role: one process then does everything."
)


@asynccontextmanager
async def running(
    settings: Settings,
    *,
    clock: Clock | None = None,
    documents: Documents | None = None,
    keyring: Keyring | None = None,
    broker_options: Mapping[BrokerId, Mapping[str, Any]] | None = None,
    shard_count: int | None = None,
    background: bool = True,
    role: Role = Role.ALL,
) -> AsyncIterator[App]:
    """The built application with its background work, until the block is left.

    Args:
        clock: The machine's, unless a test or a simulation brings its own.
        documents: The store; left out, the settings choose it.
        keyring: The master keys; left out, the settings hold them.
        background: Whether to look after orders and news, which a mere command leaves alone.
        role: Which part of the service this process does.
        broker_options: What is added to the operator's settings for a broker.

    Raises:
        SettingsProblem: The settings do not allow a start; the message says what to set.
        StoreUnavailable: The store does not answer.
    """
    if role is not Role.ALL and settings.redis_url is None:
        raise SettingsProblem(_ALONE.format(role))
    vault = Vault(keyring or open_keyring(settings))
    clock = clock or SystemClock()
    metrics = Metrics()
    store = MeteredDocuments(documents or open_documents(settings), metrics)
    supervisor = Supervisor()
    ground = build_ground(settings, clock, store, vault, metrics, supervisor, broker_options)
    app = build(ground, shard_count)
    try:
        await store.start(())
        marks = Marks(store)
        await expect_servable(marks)
        await store.start(INDEXES)
        keys = build_master_keys(settings, store, vault, clock)
        await keys.check()
        if background:
            await keys.serve()
            await note_version(marks)
            # Again: a restore that began meanwhile has seen these marks, or is seen here.
            await expect_servable(marks)
            background_work.start(app, role)
        yield app
        if not supervisor.draining:
            await supervisor.drain(timedelta(seconds=settings.drain_seconds))
    finally:
        await supervisor.stop()
        await app.floor.sessions.close_all()
        await app.gateways.aclose()
        await supervisor.settled(GOODBYE)  # what their end set off still needs the store
        await app.studio.aclose()
        if app.unofficial is not None:
            app.unofficial.close()
        await app.calendar.aclose()
        await app.transport.aclose()
        await store.close()
        if app.redis is not None:
            await app.redis.aclose()
