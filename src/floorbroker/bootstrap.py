"""The only place that builds concrete objects and starts background work."""

import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from floorbroker.bot.app import FloorbrokerBot
from floorbroker.bot.messenger import DiscordMessenger
from floorbroker.brokers.availability import availability
from floorbroker.brokers.context import Shared
from floorbroker.brokers.endpoints import operators_endpoints
from floorbroker.brokers.factory import BrokerFactory
from floorbroker.brokers.operators_options import operators_options
from floorbroker.brokers.registry import all_brokers
from floorbroker.brokers.shared.allowances import Allowances
from floorbroker.brokers.shared.cache import SharedCache
from floorbroker.brokers.shared.transport import Transport
from floorbroker.config import Settings
from floorbroker.domain.clock import Clock, SystemClock
from floorbroker.domain.errors import BrokerError
from floorbroker.domain.ids import BrokerId
from floorbroker.domain.people import Link
from floorbroker.observability.loop_lag import watch_loop_lag
from floorbroker.observability.metrics import Metrics
from floorbroker.services.accounts import Accounts
from floorbroker.services.audit import Audit
from floorbroker.services.choices import Choices
from floorbroker.services.credentials import Credentials
from floorbroker.services.deciding import Deciding
from floorbroker.services.desk import Desk
from floorbroker.services.drafts import Drafts
from floorbroker.services.floor import Floor
from floorbroker.services.gates import Gates
from floorbroker.services.inbox import Inbox
from floorbroker.services.lanes import Lanes
from floorbroker.services.link_changes import LinkChanges
from floorbroker.services.link_health import LinkHealth
from floorbroker.services.link_news import LinkNews
from floorbroker.services.link_tickets import Tickets
from floorbroker.services.linking import Linking
from floorbroker.services.listing import OrderList
from floorbroker.services.master_keys import MasterKeys
from floorbroker.services.notify import Addresses, Notifier
from floorbroker.services.order_changes import OrderChangeService
from floorbroker.services.orders import OrderService
from floorbroker.services.portfolio import Portfolio
from floorbroker.services.reconcile import Reconciler
from floorbroker.services.reminders import Reminders
from floorbroker.services.renewals import Renewals
from floorbroker.services.sessions import Sessions
from floorbroker.services.signing_in import SigningIn
from floorbroker.services.supervisor import Supervisor
from floorbroker.storage import (
    audit,
    counters,
    link_tickets,
    notices,
    orders,
    paper_books,
    people,
    sealed,
)
from floorbroker.storage.documents import Documents
from floorbroker.storage.indexes import INDEXES
from floorbroker.storage.marks import Marks
from floorbroker.storage.metered import MeteredDocuments
from floorbroker.storage.opening import answers, open_documents
from floorbroker.vault.keyring import Keyring
from floorbroker.vault.opening import keys_place, open_keyring
from floorbroker.vault.seal import Vault

IDLE_CHECK = timedelta(minutes=1)
FORGETTING = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """Everything that runs. Also answers whether it is ready (see `web.health`)."""

    settings: Settings
    documents: Documents
    metrics: Metrics
    supervisor: Supervisor
    floor: Floor
    bot: FloorbrokerBot
    reconciler: Reconciler
    notifier: Notifier
    link_news: LinkNews
    reminders: Reminders
    transport: Transport

    async def checks(self) -> Mapping[str, bool]:
        """What must hold before this process should be given work."""
        return {
            "discord": self.bot.is_ready(),
            "store": await answers(self.documents),
            "taking_orders": not self.supervisor.draining,
        }


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
) -> AsyncIterator[App]:
    """The built application with its background work, until the block is left.

    Args:
        clock: The machine's, unless a test or a simulation brings its own.
        documents: The store; left out, the settings choose it.
        keyring: The master keys; left out, the settings hold them.
        background: Whether to look after orders and news, which a mere command leaves alone.
        broker_options: What is added to the operator's settings for a broker.

    Raises:
        SettingsProblem: The settings do not allow a start; the message says what to set.
        StoreUnavailable: The store does not answer.
    """
    vault = Vault(keyring or open_keyring(settings))
    clock = clock or SystemClock()
    metrics = Metrics()
    store = MeteredDocuments(documents or open_documents(settings), metrics)
    supervisor = Supervisor()
    app = _build(settings, clock, store, vault, metrics, supervisor, broker_options, shard_count)
    try:
        await store.start(INDEXES)
        keys = build_master_keys(settings, store, vault, clock)
        await keys.check()
        if background:
            await keys.serve()
            _start(app)
        yield app
        if not supervisor.draining:
            await supervisor.drain(timedelta(seconds=settings.drain_seconds))
    finally:
        await supervisor.stop()
        await app.floor.sessions.close_all()
        await app.transport.aclose()
        await store.close()


def build_master_keys(
    settings: Settings, store: Documents, vault: Vault, clock: Clock
) -> MasterKeys:
    """What knows which keys the store needs."""
    trail = Audit(audit.AuditTrail(store), vault, clock)
    records = sealed.SealedRecords(store)
    return MasterKeys(records, trail, Marks(store), vault, keys_place(settings))


def _build(  # the parts that everything else is made of
    settings: Settings,
    clock: Clock,
    store: Documents,
    vault: Vault,
    metrics: Metrics,
    supervisor: Supervisor,
    broker_options: Mapping[BrokerId, Mapping[str, Any]] | None,
    shard_count: int | None,
) -> App:
    order_store = orders.Orders(store)
    people_store = people.People(store)
    notice_store = notices.Notices(store)
    transport = Transport()
    factory = BrokerFactory(
        settings.deployment_mode,
        clock=clock,
        shared=Shared(
            paper_books=paper_books.StoredPaperBooks(store),
            transport=transport,
            cache=SharedCache(clock),
            allowances=Allowances(clock, metrics),
            nonces=counters.StoredNonces(store),
        ),
        endpoints=operators_endpoints(settings),
        options=operators_options(settings, broker_options or {}),
    )
    trail = Audit(audit.AuditTrail(store), vault, clock)
    health = LinkHealth(people_store, trail, clock)
    credentials = Credentials(vault)

    def died(link: Link, error: BrokerError) -> None:
        supervisor.hand_over(health.died(link, error))

    sessions = Sessions(
        factory,
        clock,
        metrics,
        credentials=credentials,
        renewals=Renewals(
            factory=factory,
            people=people_store,
            credentials=credentials,
            supervisor=supervisor,
            clock=clock,
            metrics=metrics,
            died=died,
        ),
        died=died,
    )
    accounts = Accounts(people_store, sessions, trail, health, clock)
    choices = Choices(settings, people_store, accounts, trail)
    desk = Desk(
        orders=order_store,
        accounts=accounts,
        sessions=sessions,
        gates=Gates(settings, people_store, order_store, clock),
        lanes=Lanes(),
        supervisor=supervisor,
        audit=trail,
        metrics=metrics,
        clock=clock,
        process=secrets.token_hex(4),
        order_deadline_seconds=settings.order_deadline_seconds,
        claim=timedelta(seconds=settings.claim_seconds),
        settle=timedelta(seconds=settings.settle_seconds),
        market_review=timedelta(seconds=settings.review_seconds),
    )
    addresses = Addresses(vault, clock)
    reconciler = Reconciler(desk)
    linking = Linking(
        factory=factory,
        people=people_store,
        accounts=accounts,
        choices=choices,
        credentials=credentials,
        sessions=sessions,
        audit=trail,
        clock=clock,
    )
    tickets = Tickets(link_tickets.LinkTickets(store), trail, clock)
    floor = Floor(
        settings=settings,
        clock=clock,
        metrics=metrics,
        accounts=accounts,
        addresses=addresses,
        brokers=tuple(
            availability(spec, settings.deployment_mode, settings.configured)
            for spec in all_brokers()
        ),
        changes=OrderChangeService(desk),
        choices=choices,
        deciding=Deciding(desk),
        drafts=Drafts(desk),
        inbox=Inbox(notice_store, order_store),
        linking=linking,
        links=LinkChanges(people_store, accounts, sessions, trail),
        list=OrderList(order_store),
        orders=OrderService(desk),
        portfolio=Portfolio(accounts, sessions),
        reconciler=reconciler,
        sessions=sessions,
        signing_in=SigningIn(factory, linking, tickets, vault),
        tickets=tickets,
    )
    bot = FloorbrokerBot(floor, Marks(store), shard_count=shard_count)
    messenger = DiscordMessenger(bot, clock)
    notifier = Notifier(
        orders=order_store,
        people=people_store,
        notices=notice_store,
        addresses=addresses,
        messenger=messenger,
        clock=clock,
    )
    return App(
        settings=settings,
        documents=store,
        metrics=metrics,
        supervisor=supervisor,
        floor=floor,
        bot=bot,
        reconciler=reconciler,
        notifier=notifier,
        link_news=LinkNews(addresses, messenger, supervisor),
        reminders=Reminders(people_store, messenger, clock),
        transport=transport,
    )


def _start(app: App) -> None:
    pace = timedelta(seconds=app.settings.reconcile_seconds)
    app.supervisor.every(pace, "reconcile", app.reconciler.sweep)
    app.supervisor.every(pace, "notify", app.notifier.sweep)
    app.supervisor.every(IDLE_CHECK, "idle sessions", app.floor.sessions.close_idle)
    app.supervisor.every(IDLE_CHECK, "reminders", app.reminders.sweep)
    app.supervisor.every(FORGETTING, "link tickets", app.floor.tickets.sweep)
    app.supervisor.every(IDLE_CHECK, "loop lag", lambda: watch_loop_lag(app.metrics))
