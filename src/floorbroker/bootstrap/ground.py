"""What every service stands on: stores, brokers, sessions, and the desk of all orders."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from floorbroker.brokers.context import Shared
from floorbroker.brokers.endpoints import operators_endpoints
from floorbroker.brokers.factory import BrokerFactory
from floorbroker.brokers.operators_options import operators_options
from floorbroker.brokers.shared.allowances import Allowances
from floorbroker.brokers.shared.cache import SharedCache
from floorbroker.brokers.shared.gateways import Gateways
from floorbroker.brokers.shared.transport import Transport
from floorbroker.charts.studio import Studio
from floorbroker.config import Settings
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import BrokerError
from floorbroker.domain.ids import BrokerId
from floorbroker.domain.people import Link
from floorbroker.market_data.unofficial import chosen_prices
from floorbroker.market_data.yahoo import Yahoo
from floorbroker.observability.metrics import Metrics
from floorbroker.replicas.opening import open_redis
from floorbroker.services.accounts import Accounts
from floorbroker.services.audit import Audit
from floorbroker.services.choices import Choices
from floorbroker.services.credentials import Credentials
from floorbroker.services.day_loss import DayLosses
from floorbroker.services.desk import Desk
from floorbroker.services.gates import Gates
from floorbroker.services.lanes import Lanes
from floorbroker.services.leaps import Leaps
from floorbroker.services.link_health import LinkHealth
from floorbroker.services.market_calendar import MarketCalendar
from floorbroker.services.notify import Addresses
from floorbroker.services.pushed_news import PushedNews
from floorbroker.services.reconcile import Reconciler
from floorbroker.services.renewals import Renewals
from floorbroker.services.sessions import Sessions
from floorbroker.services.supervisor import Supervisor
from floorbroker.services.trading_hours import TradingHours
from floorbroker.storage import (
    audit,
    counters,
    notices,
    orders,
    paper_books,
    people,
    snapshots,
)
from floorbroker.storage.documents import Documents
from floorbroker.vault.seal import Vault

if TYPE_CHECKING:
    from redis.asyncio import Redis


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Built once a process; everything above it is made of these.

    Attributes:
        redis: What several replicas share; None where one process does everything.
    """

    settings: Settings
    clock: Clock
    store: Documents
    redis: "Redis | None"
    vault: Vault
    metrics: Metrics
    supervisor: Supervisor
    orders: orders.Orders
    people: people.People
    notices: notices.Notices
    transport: Transport
    studio: Studio
    unofficial: Yahoo | None
    calendar: MarketCalendar
    gateways: Gateways
    factory: BrokerFactory
    audit: Audit
    health: LinkHealth
    credentials: Credentials
    sessions: Sessions
    accounts: Accounts
    choices: Choices
    desk: Desk
    addresses: Addresses
    reconciler: Reconciler


def build_ground(  # the parts that everything else is made of
    settings: Settings,
    clock: Clock,
    store: Documents,
    vault: Vault,
    metrics: Metrics,
    supervisor: Supervisor,
    broker_options: Mapping[BrokerId, Mapping[str, Any]] | None,
) -> Ground:
    """The stores on one engine, and the way to every broker.

    Raises:
        SettingsProblem: The settings name no usable Redis.
    """
    redis = open_redis(settings)
    order_store = orders.Orders(store)
    people_store = people.People(store)
    notice_store = notices.Notices(store)
    transport, studio, calendar = Transport(), Studio(), MarketCalendar(clock)
    gateways = Gateways(clock)
    factory = BrokerFactory(
        settings.deployment_mode,
        clock=clock,
        shared=Shared(
            paper_books=paper_books.StoredPaperBooks(store),
            transport=transport,
            cache=SharedCache(clock),
            allowances=Allowances(clock, metrics),
            nonces=counters.StoredNonces(store),
            gateways=gateways,
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
        day_losses=DayLosses(snapshots.Snapshots(store), clock),
        hours=TradingHours(calendar, clock),
        lanes=Lanes(),
        supervisor=supervisor,
        audit=trail,
        metrics=metrics,
        clock=clock,
        leaps=Leaps(clock),
        process=secrets.token_hex(4),
        order_deadline_seconds=settings.order_deadline_seconds,
        claim=timedelta(seconds=settings.claim_seconds),
        settle=timedelta(seconds=settings.settle_seconds),
        market_review=timedelta(seconds=settings.review_seconds),
    )
    addresses = Addresses(vault, clock)
    reconciler = Reconciler(desk)
    sessions.announce_to(PushedNews(order_store, reconciler, supervisor, clock).listen)
    return Ground(
        settings=settings,
        clock=clock,
        store=store,
        redis=redis,
        vault=vault,
        metrics=metrics,
        supervisor=supervisor,
        orders=order_store,
        people=people_store,
        notices=notice_store,
        transport=transport,
        studio=studio,
        unofficial=chosen_prices(settings, clock),
        calendar=calendar,
        gateways=gateways,
        factory=factory,
        audit=trail,
        health=health,
        credentials=credentials,
        sessions=sessions,
        accounts=accounts,
        choices=choices,
        desk=desk,
        addresses=addresses,
        reconciler=reconciler,
    )
