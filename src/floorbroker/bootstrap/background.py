"""What runs beside serving: this process's own work, and the service's, which one replica does."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from floorbroker.bootstrap.parts import App
from floorbroker.domain.modes import Role
from floorbroker.domain.order import Order
from floorbroker.observability.loop_lag import watch_loop_lag
from floorbroker.services.alert_rounds import TELLING
from floorbroker.services.alerting import LOOK
from floorbroker.services.reconcile import Reconciler
from floorbroker.services.schedule import Schedule
from floorbroker.services.snapshots import EVERY as SNAPSHOT

if TYPE_CHECKING:
    from floorbroker.replicas.jobs import Jobs

IDLE_CHECK: Final = timedelta(minutes=1)
FORGETTING: Final = timedelta(minutes=10)
READ_BACK: Final = "read back"


def start(app: App, role: Role) -> None:
    """Begins all of it that a process of this role has."""
    _start_own(app)
    if role is Role.WEB:
        return
    if app.redis is None:
        _start_service(app, app.supervisor)
        return
    from floorbroker.replicas.jobs import Jobs

    jobs = Jobs(app.redis, app.metrics, app.supervisor)
    _start_service(app, jobs)
    share_reading_back(app.reconciler, jobs)
    jobs.start()


def _start_own(app: App) -> None:
    """What each process feels and holds for itself."""
    every, pace = app.supervisor.every, timedelta(seconds=app.settings.reconcile_seconds)
    every(IDLE_CHECK, "idle sessions", app.floor.sessions.close_idle)
    # Not more often than orders are looked at, and not before Discord can have been reached.
    every(max(LOOK, pace), "alerts", app.alerting.sweep, at_once=False)
    if app.redis is not None:
        app.supervisor.keep("word of replicas", app.floor.word.listen())
    if app.settings.single_user:
        every(SNAPSHOT, "snapshots", app.snapshots.sweep)  # of this process's own connections
    every(IDLE_CHECK, "loop lag", lambda: watch_loop_lag(app.metrics))


def _start_service(app: App, schedule: Schedule) -> None:
    """What is done once for everybody."""
    pace = timedelta(seconds=app.settings.reconcile_seconds)
    schedule.every(pace, "reconcile", app.reconciler.sweep)
    schedule.every(pace, "notify", _telling(app, app.notifier.sweep))
    schedule.every(IDLE_CHECK, "reminders", _telling(app, app.reminders.sweep))
    schedule.every(IDLE_CHECK, "digests", _telling(app, app.digests.sweep))
    schedule.every(IDLE_CHECK, "erasing", _telling(app, app.eraser.sweep))
    app.own_alerts.start(schedule)
    schedule.every(TELLING, "alert telling", _telling(app, app.own_alerts.telling.sweep))
    schedule.every(FORGETTING, "link tickets", app.floor.tickets.sweep)


def _telling(app: App, sweep: Callable[[], Awaitable[Any]]) -> Callable[[], Awaitable[Any]]:
    """Not before Discord was logged in to, since what cannot be sent may be dropped for good.

    One process waits for that; of several replicas one that is not so far leaves it to the others.
    """

    async def told() -> None:
        if app.redis is None:
            await app.bot.until_logged_in()
        if app.bot.can_send():
            await sweep()

    return told


def share_reading_back(reconciler: Reconciler, jobs: "Jobs") -> None:
    """Each order that is due is read by the replica which has a hand free, not by who found it."""
    jobs.errand(READ_BACK, reconciler.read_back)

    async def send(order: Order) -> bool:
        return await jobs.send(
            READ_BACK,
            order.order_id,
            user_id=order.user_id,
            order_id=order.order_id,
            version=order.version,
        )

    reconciler.leave_to(send)
