"""Every part of the process, each built once and handed to those that need it."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from floorbroker.bootstrap.operators import build_alerting
from floorbroker.bot.app import FloorbrokerBot
from floorbroker.bot.messenger import DiscordMessenger
from floorbroker.brokers.availability import availabilities
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
from floorbroker.domain.ids import BrokerId, UserId
from floorbroker.domain.people import Link
from floorbroker.observability.metrics import Metrics
from floorbroker.services.accounts import Accounts
from floorbroker.services.alert_looks import AlertLooks
from floorbroker.services.alerting import Alerting
from floorbroker.services.audit import Audit
from floorbroker.services.charting import Charting
from floorbroker.services.choices import Choices
from floorbroker.services.console import Console
from floorbroker.services.credentials import Credentials
from floorbroker.services.day_loss import DayLosses
from floorbroker.services.deciding import Deciding
from floorbroker.services.desk import Desk
from floorbroker.services.drafts import Drafts
from floorbroker.services.elsewhere import Elsewhere
from floorbroker.services.eraser import Eraser
from floorbroker.services.erasing import Erasing
from floorbroker.services.exporting import Exporting
from floorbroker.services.floor import Floor
from floorbroker.services.gates import Gates
from floorbroker.services.gateway_looks import GatewayLooks
from floorbroker.services.gateway_news import GatewayNews
from floorbroker.services.history import Histories
from floorbroker.services.idea_board import IdeaBoard
from floorbroker.services.inbox import Inbox
from floorbroker.services.lanes import Lanes
from floorbroker.services.leaps import Leaps
from floorbroker.services.limit_choices import LimitChoices
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
from floorbroker.services.panic import Panic
from floorbroker.services.portfolio import Portfolio
from floorbroker.services.pushed_news import PushedNews
from floorbroker.services.quotes import Quotes
from floorbroker.services.reconcile import Reconciler
from floorbroker.services.reminders import Reminders
from floorbroker.services.renewals import Renewals
from floorbroker.services.risk import RiskViews
from floorbroker.services.sessions import Sessions
from floorbroker.services.signing_in import SigningIn
from floorbroker.services.snapshots import SnapshotTaker
from floorbroker.services.sources import Sources
from floorbroker.services.supervisor import Supervisor
from floorbroker.services.worth import Worths
from floorbroker.storage import (
    audit,
    connection_events,
    counters,
    day_values,
    ideas,
    link_tickets,
    notices,
    orders,
    overview,
    paper_books,
    people,
    personal,
    sealed,
    snapshots,
)
from floorbroker.storage.documents import Documents
from floorbroker.storage.marks import Marks
from floorbroker.storage.opening import answers
from floorbroker.vault.opening import keys_place
from floorbroker.vault.seal import Vault


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
    eraser: Eraser
    snapshots: SnapshotTaker
    alerting: Alerting
    transport: Transport
    studio: Studio
    gateways: Gateways

    async def checks(self) -> Mapping[str, bool]:
        """What must hold before this process should be given work."""
        return {
            "discord": self.bot.is_ready(),
            "store": await answers(self.documents),
            "taking_orders": not self.supervisor.draining,
        }


def build_master_keys(
    settings: Settings, store: Documents, vault: Vault, clock: Clock
) -> MasterKeys:
    """What knows which keys the store needs."""
    trail = Audit(audit.AuditTrail(store), vault, clock)
    records = sealed.SealedRecords(store)
    return MasterKeys(records, trail, Marks(store), vault, keys_place(settings))


def build(  # the parts that everything else is made of
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
    transport, studio = Transport(), Studio()
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
    process = secrets.token_hex(4)
    desk = Desk(
        orders=order_store,
        accounts=accounts,
        sessions=sessions,
        gates=Gates(settings, people_store, order_store, clock),
        day_losses=DayLosses(snapshots.Snapshots(store), clock),
        lanes=Lanes(),
        supervisor=supervisor,
        audit=trail,
        metrics=metrics,
        clock=clock,
        leaps=Leaps(clock),
        process=process,
        order_deadline_seconds=settings.order_deadline_seconds,
        claim=timedelta(seconds=settings.claim_seconds),
        settle=timedelta(seconds=settings.settle_seconds),
        market_review=timedelta(seconds=settings.review_seconds),
    )
    addresses = Addresses(vault, clock)
    reconciler = Reconciler(desk)
    sessions.announce_to(PushedNews(order_store, reconciler, supervisor, clock).listen)
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
    listing, portfolio = OrderList(order_store), Portfolio(accounts, sessions)
    changes, drafts, sending = OrderChangeService(desk), Drafts(desk), OrderService(desk)
    tickets = Tickets(link_tickets.LinkTickets(store), trail, clock)
    links, kept = LinkChanges(people_store, accounts, sessions, trail), personal.Personal(store)
    floor = Floor(
        settings=settings,
        clock=clock,
        metrics=metrics,
        accounts=accounts,
        addresses=addresses,
        brokers=availabilities(settings.deployment_mode, settings.configured),
        changes=changes,
        charting=Charting(Sources(accounts, sessions), listing, studio, clock),
        choices=choices,
        console=Console(
            overview.Overview(store), choices, desk, gateways, settings.deployment_mode
        ),
        deciding=Deciding(desk),
        drafts=drafts,
        elsewhere=Elsewhere(accounts, sessions, order_store),
        erasing=Erasing(kept, accounts, listing, trail, clock),
        exporting=Exporting(kept, trail, clock),
        gateways=GatewayLooks(factory),
        histories=Histories(listing, clock),
        ideas=IdeaBoard(ideas.Ideas(store), accounts, sessions, drafts, clock),
        inbox=Inbox(notice_store, order_store),
        limits=LimitChoices(settings, people_store, accounts, desk.gates, trail, clock),
        linking=linking,
        links=links,
        list=listing,
        orders=sending,
        panic=Panic(listing, portfolio, changes, drafts, sending),
        portfolio=portfolio,
        quotes=Quotes(accounts, sessions),
        reconciler=reconciler,
        risk=RiskViews(portfolio, sessions, desk.day_losses, clock),
        sessions=sessions,
        signing_in=SigningIn(factory, linking, tickets, vault),
        tickets=tickets,
        worths=Worths(day_values.DayValues(store), studio, clock),
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
    health.announce_to(lambda link: supervisor.hand_over(messenger.tell_dead(link)))
    looks = AlertLooks(
        documents=store,
        orders=order_store,
        sessions=sessions,
        gateways=gateways,
        metrics=metrics,
        clock=clock,
    )
    owner = UserId(settings.owner_id)
    events = connection_events.ConnectionEvents(store)
    gateways.listen(GatewayNews(events, people_store, messenger, supervisor, owner).heard)
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
        eraser=Eraser(
            people=people_store,
            personal=kept,
            orders=order_store,
            links=links,
            sessions=sessions,
            audit=trail,
            farewell=messenger,
            clock=clock,
        ),
        snapshots=SnapshotTaker(
            people_store, sessions, gateways, snapshots.Snapshots(store), owner
        ),
        alerting=build_alerting(settings, store, looks, bot, process),
        transport=transport,
        studio=studio,
        gateways=gateways,
    )
