"""Every part of the process, each built once and handed to those that need it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from floorbroker.bootstrap.floor import build_floor
from floorbroker.bootstrap.ground import Ground
from floorbroker.bootstrap.operators import build_alerting
from floorbroker.bootstrap.own_alerts import OwnAlertWork, build_own_alerts
from floorbroker.bot.app import FloorbrokerBot
from floorbroker.bot.messenger import DiscordMessenger
from floorbroker.bot.shards import shards_of
from floorbroker.brokers.shared.gateways import Gateways
from floorbroker.brokers.shared.transport import Transport
from floorbroker.charts.studio import Studio
from floorbroker.config import Settings
from floorbroker.domain.clock import Clock
from floorbroker.domain.ids import UserId
from floorbroker.market_data.yahoo import Yahoo
from floorbroker.observability.metrics import Metrics
from floorbroker.replicas.counts import SharedCounts
from floorbroker.replicas.opening import answers as redis_answers
from floorbroker.services.alert_looks import AlertLooks
from floorbroker.services.alerting import Alerting
from floorbroker.services.audit import Audit
from floorbroker.services.day_digest import DayDigests
from floorbroker.services.digests import Digests
from floorbroker.services.eraser import Eraser
from floorbroker.services.floor import Floor
from floorbroker.services.gateway_news import GatewayNews
from floorbroker.services.link_news import LinkNews
from floorbroker.services.market_calendar import MarketCalendar
from floorbroker.services.master_keys import MasterKeys
from floorbroker.services.notify import Notifier
from floorbroker.services.reconcile import Reconciler
from floorbroker.services.reminders import Reminders
from floorbroker.services.snapshots import SnapshotTaker
from floorbroker.services.supervisor import Supervisor
from floorbroker.storage import (
    audit,
    connection_events,
    day_values,
    personal,
    sealed,
    snapshots,
)
from floorbroker.storage.documents import Documents
from floorbroker.storage.marks import Marks
from floorbroker.storage.opening import answers
from floorbroker.vault.opening import keys_place
from floorbroker.vault.seal import Vault

if TYPE_CHECKING:
    from redis.asyncio import Redis

REDIS_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """Everything that runs. Also answers whether it is ready (see `web.health`)."""

    settings: Settings
    documents: Documents
    redis: "Redis | None"
    counts: SharedCounts | None
    metrics: Metrics
    supervisor: Supervisor
    floor: Floor
    bot: FloorbrokerBot
    reconciler: Reconciler
    notifier: Notifier
    link_news: LinkNews
    reminders: Reminders
    digests: Digests
    eraser: Eraser
    snapshots: SnapshotTaker
    alerting: Alerting
    own_alerts: OwnAlertWork
    transport: Transport
    studio: Studio
    unofficial: Yahoo | None
    calendar: MarketCalendar
    gateways: Gateways

    async def checks(self) -> Mapping[str, bool]:
        """What must hold before this process should be given work; and Redis, which need not."""
        store, redis = await asyncio.gather(answers(self.documents), self._redis_answers())
        checks = {
            "discord": self.bot.can_be_reached(),
            "store": store,
            "taking_orders": not self.supervisor.draining,
        }
        return checks if self.redis is None else {**checks, "redis": redis}

    async def _redis_answers(self) -> bool:
        """Soon: a probe waits for all checks together, and this one alone must not fail it."""
        try:
            async with asyncio.timeout(REDIS_SECONDS):
                return self.redis is None or await redis_answers(self.redis)
        except TimeoutError:
            return False


def build_master_keys(
    settings: Settings, store: Documents, vault: Vault, clock: Clock
) -> MasterKeys:
    """What knows which keys the store needs."""
    trail = Audit(audit.AuditTrail(store), vault, clock)
    records = sealed.SealedRecords(store)
    return MasterKeys(records, trail, Marks(store), vault, keys_place(settings))


def _digests(ground: Ground, floor: Floor, messenger: DiscordMessenger) -> Digests:
    days = DayDigests(
        accounts=ground.accounts,
        portfolio=floor.portfolio,
        worths=floor.worths,
        days=day_values.DayValues(ground.store),
        orders=floor.list,
        clock=ground.clock,
    )
    desk = ground.desk
    return Digests(ground.people, days, desk.hours, messenger, ground.clock, desk.supervisor)


def build(ground: Ground, shard_count: int | None) -> App:
    """The process on its ground: services, bot, and what works in the background."""
    floor = build_floor(ground)
    shards = shards_of(ground.settings.discord_shards)
    bot = FloorbrokerBot(floor, Marks(ground.store), shard_count=shard_count, shards=shards)
    messenger = DiscordMessenger(bot, ground.clock)
    notifier = Notifier(
        orders=ground.orders,
        people=ground.people,
        notices=ground.notices,
        addresses=ground.addresses,
        messenger=messenger,
        clock=ground.clock,
    )
    ground.health.announce_to(lambda link: ground.supervisor.hand_over(messenger.tell_dead(link)))
    looks = AlertLooks(
        redis=None if ground.redis is None else partial(redis_answers, ground.redis),
        documents=ground.store,
        orders=ground.orders,
        sessions=ground.sessions,
        gateways=ground.gateways,
        metrics=ground.metrics,
        clock=ground.clock,
    )
    owner = UserId(ground.settings.owner_id)
    events = connection_events.ConnectionEvents(ground.store)
    ground.gateways.listen(
        GatewayNews(events, ground.people, messenger, ground.supervisor, owner).heard
    )
    return App(
        settings=ground.settings,
        documents=ground.store,
        redis=ground.redis,
        counts=ground.counts,
        metrics=ground.metrics,
        supervisor=ground.supervisor,
        floor=floor,
        bot=bot,
        reconciler=ground.reconciler,
        notifier=notifier,
        link_news=LinkNews(ground.addresses, messenger, ground.supervisor),
        reminders=Reminders(ground.people, messenger, ground.clock),
        digests=_digests(ground, floor, messenger),
        eraser=Eraser(
            people=ground.people,
            personal=personal.Personal(ground.store),
            orders=ground.orders,
            links=floor.links,
            sessions=ground.sessions,
            audit=ground.audit,
            farewell=messenger,
            clock=ground.clock,
        ),
        snapshots=SnapshotTaker(
            ground.people,
            ground.sessions,
            ground.gateways,
            snapshots.Snapshots(ground.store),
            owner,
        ),
        alerting=build_alerting(ground.settings, ground.store, looks, bot, ground.desk.process),
        own_alerts=build_own_alerts(ground, floor, messenger),
        transport=ground.transport,
        studio=ground.studio,
        unofficial=ground.unofficial,
        calendar=ground.calendar,
        gateways=ground.gateways,
    )
