"""One process's services on a real store, wired as `bootstrap` wires them.

No bot and no background loops: a test says when a sweep runs, and the clock stands still. Two
houses on one store are two processes.
"""

import asyncio
import itertools
import secrets
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from floorbroker.brokers.context import Shared
from floorbroker.brokers.factory import BrokerFactory
from floorbroker.brokers.paper.faults import Faults
from floorbroker.brokers.registry import all_brokers
from floorbroker.brokers.shared.allowances import Allowances
from floorbroker.brokers.shared.cache import SharedCache
from floorbroker.brokers.shared.gateways import Gateways
from floorbroker.brokers.shared.transport import Transport
from floorbroker.brokers.spec import BrokerSpec, Capability
from floorbroker.config import Settings
from floorbroker.domain.errors import BrokerError
from floorbroker.domain.ids import BrokerId, LinkId, UserId
from floorbroker.domain.modes import DeploymentMode, Environment
from floorbroker.domain.order import Order, ReplyAddress
from floorbroker.domain.orders import Side
from floorbroker.domain.people import Link, Person, ServerPolicy
from floorbroker.observability.metrics import Metrics
from floorbroker.services.accounts import Accounts
from floorbroker.services.audit import Audit
from floorbroker.services.callers import Caller
from floorbroker.services.choices import Choices
from floorbroker.services.credentials import Credentials
from floorbroker.services.day_loss import DayLosses
from floorbroker.services.deciding import Deciding
from floorbroker.services.desk import Desk
from floorbroker.services.drafts import Drafts
from floorbroker.services.eraser import Eraser
from floorbroker.services.erasing import Erasing
from floorbroker.services.exporting import Exporting
from floorbroker.services.fresh_access import Pause
from floorbroker.services.gates import Gates
from floorbroker.services.inbox import Inbox
from floorbroker.services.lanes import Lanes
from floorbroker.services.leaps import Leaps
from floorbroker.services.limit_choices import LimitChoices
from floorbroker.services.link_changes import LinkChanges
from floorbroker.services.link_health import LinkHealth
from floorbroker.services.link_tickets import Tickets
from floorbroker.services.linking import Linking
from floorbroker.services.listing import OrderList
from floorbroker.services.market_calendar import Calendar
from floorbroker.services.notify import Addresses, Notifier
from floorbroker.services.order_changes import OrderChangeService
from floorbroker.services.orders import OrderService
from floorbroker.services.portfolio import Portfolio
from floorbroker.services.reconcile import Reconciler
from floorbroker.services.reminders import Reminders
from floorbroker.services.renewals import Renewals
from floorbroker.services.risk import RiskViews
from floorbroker.services.sessions import MOST, Sessions
from floorbroker.services.signing_in import SigningIn
from floorbroker.services.supervisor import Supervisor
from floorbroker.services.ticket import Ticket
from floorbroker.services.trading_hours import TradingHours
from floorbroker.storage import (
    audit,
    counters,
    link_tickets,
    notices,
    orders,
    own_alerts,
    paper_books,
    people,
    personal,
    snapshots,
)
from floorbroker.storage.documents import Documents
from floorbroker.storage.indexes import INDEXES
from floorbroker.storage.sqlite import SqliteDocuments
from floorbroker.vault.keyring import Keyring, new_key, parse_keyring
from floorbroker.vault.seal import Vault
from tests.fakes.calendar import FixedCalendar
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import Venue
from tests.fakes.messenger import RecordingMessenger
from tests.fakes.signed.provider import Provider
from tests.simulators.paper_faults import Counting

ANNA: Final = UserId("100000000000000001")
BEN: Final = UserId("100000000000000002")
SERVER: Final = "900000000000000001"
EXCHANGE: Final = BrokerId("alpaca")
"""The id under which the scripted broker stands in the registry."""

SECOND: Final = BrokerId("webull")
"""Another one, where a test brings a second venue."""

SCRIPTED: Final = "tests.fakes.exchange.adapter:ExchangeAdapter"
KEYED: Final = "tests.fakes.keyed.adapter:KeyedAdapter"
"""The same, behind keys that `Venue.keys` holds."""

SIGNED: Final = "tests.fakes.signed.adapter:SignedAdapter"
"""The same, for who has signed in at the site that `Provider` is."""

_KEYS: Final = parse_keyring(new_key("test"))
"""Made once a run: every house of a test must open what another one sealed."""

_interactions = itertools.count(1)


def caller(
    user_id: UserId = ANNA, *, guild_id: str | None = None, origin_key: str | None = None
) -> Caller:
    """A person at a command; a new interaction unless one is named."""
    key = origin_key or f"interaction-{next(_interactions)}"
    return Caller(user_id=user_id, guild_id=guild_id, origin_key=key)


def settings(**changes: Any) -> Settings:
    """The defaults of the product, whatever this machine's environment says."""
    values: dict[str, Any] = {"order_deadline_seconds": 0.5, **changes}
    return Settings(_env_file=None, **values)


async def opened(path: Path) -> Documents:
    """A started SQLite store."""
    documents = SqliteDocuments(path)
    await documents.start(INDEXES)
    return documents


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """The services of one process."""

    clock: ManualClock
    settings: Settings
    documents: Documents
    vault: Vault
    metrics: Metrics
    supervisor: Supervisor
    stored_orders: orders.Orders
    stored_people: people.People
    notices: notices.Notices
    sessions: Sessions
    accounts: Accounts
    gates: Gates
    audit: Audit
    desk: Desk
    deciding: Deciding
    drafts: Drafts
    eraser: Eraser
    erasing: Erasing
    exporting: Exporting
    orders: OrderService
    changes: OrderChangeService
    reconciler: Reconciler
    addresses: Addresses
    messenger: RecordingMessenger
    notifier: Notifier
    inbox: Inbox
    credentials: Credentials
    health: LinkHealth
    linking: Linking
    links: LinkChanges
    renewals: Renewals
    reminders: Reminders
    signing_in: SigningIn
    tickets: Tickets
    list: OrderList
    choices: Choices
    portfolio: Portfolio
    limits: LimitChoices
    risk: RiskViews

    async def draft(self, by: Caller | None = None, **ticket: Any) -> Order:
        """A draft: 10 AAPL at the market, unless told otherwise."""
        usual: dict[str, Any] = {"symbol": "AAPL", "side": Side.BUY}
        if "amount" not in ticket:
            usual["quantity"] = "10"
        return await self.drafts.draft(by or caller(), Ticket(**{**usual, **ticket}))

    async def confirm(
        self, order: Order, by: Caller | None = None, *, anyway: bool = False
    ) -> Order:
        """A click on the order's own Confirm, or on Send anyway."""
        by = by or caller(order.user_id)
        return await self.orders.confirm(by, order.order_id, None, anyway=anyway)

    async def bought(self, quantity: str = "10", user_id: UserId = ANNA, **ticket: Any) -> Order:
        """A confirmed buy."""
        by = caller(user_id)
        return await self.confirm(await self.draft(by, quantity=quantity, **ticket), by)

    async def resting(self, user_id: UserId = ANNA, **ticket: Any) -> Order:
        """A confirmed limit buy far below the market."""
        by = caller(user_id)
        usual = {"limit": "90.00", "quantity": "10", **ticket}
        return await self.confirm(await self.draft(by, **usual), by)

    async def stored(self, order: Order) -> Order:
        """The order as the store has it."""
        found = await self.stored_orders.get(order.user_id, order.order_id)
        assert found is not None
        return found

    def address(self, user_id: UserId = ANNA) -> ReplyAddress:
        """Where a card of this moment is."""
        return self.addresses.seal(user_id, "channel", "message", f"token of {user_id}")

    async def link(
        self,
        user_id: UserId = ANNA,
        environment: Environment = Environment.PAPER,
        name: str = "ex",
        broker: BrokerId = EXCHANGE,
    ) -> Link:
        """A link at a scripted broker."""
        link = Link(
            link_id=LinkId(f"{name}-{user_id}"),
            user_id=user_id,
            broker=broker,
            environment=environment,
            label=name,
            created_at=self.clock.now(),
        )
        stored = await self.stored_people.save_link(link)
        assert stored is not None
        return stored

    async def choose(self, user_id: UserId = ANNA, **choices: Any) -> None:
        """Stores a person's choices."""
        person = await self.stored_people.person(user_id) or Person(user_id=user_id)
        assert await self.stored_people.save_person(replace(person, **choices))

    async def rule(self, guild_id: str = SERVER, **rules: Any) -> None:
        """Stores rules of a server."""
        policy = await self.stored_people.policy(guild_id) or ServerPolicy(guild_id=guild_id)
        assert await self.stored_people.save_policy(replace(policy, **rules))

    async def allow_live(self, guild_id: str = SERVER, *, live: bool = True) -> None:
        """Stores a server's policy."""
        policy = await self.stored_people.policy(guild_id) or ServerPolicy(guild_id=guild_id)
        assert await self.stored_people.save_policy(replace(policy, live=live))

    async def stop(self) -> None:
        """An orderly end: what runs is finished, the store stays open for others."""
        await self.supervisor.drain(timedelta(seconds=10))
        await self.supervisor.stop()
        await self.sessions.close_all()


def built(
    documents: Documents,
    clock: ManualClock,
    *,
    faults: Faults | None = None,
    venue: Venue | None = None,
    second: Venue | None = None,
    chosen: Settings | None = None,
    keyring: Keyring = _KEYS,
    most_sessions: int = MOST,
    read_seconds: float = 10.0,
    lanes: Lanes | None = None,
    scripted: str = SCRIPTED,
    offers: frozenset[Capability] = frozenset(),
    provider: Provider | None = None,
    pause: Pause = asyncio.sleep,
    calendar: Calendar | None = None,
    push_seconds: float = 1.0,
) -> House:
    """A process on a started store; `scripted` is the adapter that stands in for `EXCHANGE`.

    Args:
        offers: What the exchange offers beside what its manifest says.
        provider: Where people sign in, for `SIGNED`.
        pause: How a renewal waits for another process, and for the store.
        calendar: Of US shares; left out, there is none.
        push_seconds: How often the paper market looks whether it has moved.
    """
    chosen = chosen or settings()
    stand_ins = {EXCHANGE} if second is None else {EXCHANGE, SECOND}
    vault, metrics, supervisor = Vault(keyring), Metrics(), Supervisor()
    stored_orders, stored_people = orders.Orders(documents), people.People(documents)
    stored_notices, messenger = notices.Notices(documents), RecordingMessenger()
    factory = BrokerFactory(
        DeploymentMode.MULTI_USER,
        clock=clock,
        shared=Shared(
            paper_books=paper_books.StoredPaperBooks(documents),
            transport=Transport(),
            cache=SharedCache(clock),
            allowances=Allowances(clock, metrics),
            nonces=counters.StoredNonces(documents),
            gateways=Gateways(clock),
        ),
        options={
            BrokerId("paper"): {
                "latency_seconds": 0,
                "faults": faults or Counting(),
                "push_seconds": push_seconds,
            },
            EXCHANGE: {"venue": venue or Venue(), "provider": provider},
            SECOND: {"venue": second},
        },
        brokers=[
            _scripted(spec, scripted, offers) if spec.id in stand_ins else spec
            for spec in all_brokers()
        ],
    )
    trail = Audit(audit.AuditTrail(documents), vault, clock)
    health, credentials = LinkHealth(stored_people, trail, clock), Credentials(vault)

    def died(link: Link, error: BrokerError) -> None:
        supervisor.hand_over(health.died(link, error))

    renewals = Renewals(
        factory=factory,
        people=stored_people,
        credentials=credentials,
        supervisor=supervisor,
        clock=clock,
        metrics=metrics,
        died=died,
        pause=pause,
    )
    sessions = Sessions(
        factory,
        clock,
        metrics,
        credentials=credentials,
        renewals=renewals,
        died=died,
        most=most_sessions,
    )
    accounts = Accounts(stored_people, sessions, trail, health, clock)
    choices = Choices(chosen, stored_people, accounts, trail)
    gates = Gates(chosen, stored_people, stored_orders, clock)
    desk = Desk(
        orders=stored_orders,
        accounts=accounts,
        sessions=sessions,
        gates=gates,
        day_losses=DayLosses(snapshots.Snapshots(documents), clock),
        hours=TradingHours(calendar or FixedCalendar(), clock),
        lanes=lanes or Lanes(),
        supervisor=supervisor,
        audit=trail,
        metrics=metrics,
        clock=clock,
        leaps=Leaps(clock),
        process=secrets.token_hex(4),
        order_deadline_seconds=chosen.order_deadline_seconds,
        claim=timedelta(seconds=chosen.claim_seconds),
        settle=timedelta(seconds=chosen.settle_seconds),
        market_review=timedelta(seconds=chosen.review_seconds),
    )
    addresses = Addresses(vault, clock)
    notifier = Notifier(
        orders=stored_orders,
        people=stored_people,
        notices=stored_notices,
        addresses=addresses,
        messenger=messenger,
        clock=clock,
    )
    alerts = own_alerts.StoredAlerts(documents)
    linking = Linking(
        factory=factory,
        people=stored_people,
        accounts=accounts,
        choices=choices,
        credentials=credentials,
        sessions=sessions,
        alerts=alerts,
        audit=trail,
        clock=clock,
    )
    tickets = Tickets(link_tickets.LinkTickets(documents), trail, clock)
    links, kept = (
        LinkChanges(stored_people, accounts, sessions, alerts, trail),
        personal.Personal(documents),
    )
    listing = OrderList(stored_orders)
    return House(
        clock=clock,
        settings=chosen,
        documents=documents,
        vault=vault,
        metrics=metrics,
        supervisor=supervisor,
        stored_orders=stored_orders,
        stored_people=stored_people,
        notices=stored_notices,
        sessions=sessions,
        accounts=accounts,
        gates=gates,
        audit=trail,
        desk=desk,
        deciding=Deciding(desk),
        drafts=Drafts(desk),
        eraser=Eraser(
            people=stored_people,
            personal=kept,
            orders=stored_orders,
            links=links,
            sessions=sessions,
            audit=trail,
            farewell=messenger,
            clock=clock,
        ),
        erasing=Erasing(kept, accounts, listing, trail, clock),
        exporting=Exporting(kept, trail, clock),
        orders=OrderService(desk),
        changes=OrderChangeService(desk),
        reconciler=Reconciler(desk, read_seconds=read_seconds),
        addresses=addresses,
        messenger=messenger,
        notifier=notifier,
        inbox=Inbox(stored_notices, stored_orders),
        credentials=credentials,
        health=health,
        linking=linking,
        links=links,
        renewals=renewals,
        reminders=Reminders(stored_people, messenger, clock),
        signing_in=SigningIn(factory, linking, tickets, vault),
        tickets=tickets,
        list=listing,
        choices=choices,
        portfolio=Portfolio(accounts, sessions),
        limits=LimitChoices(chosen, stored_people, accounts, gates, trail, clock),
        risk=RiskViews(Portfolio(accounts, sessions), sessions, desk.day_losses, clock),
    )


def _scripted(spec: BrokerSpec, adapter: str, offers: frozenset[Capability]) -> BrokerSpec:
    return replace(
        spec,
        adapter=adapter,
        sign_in="tests.fakes.signed.oauth:SignedOAuth" if adapter == SIGNED else None,
        operator_settings=(),
        sign_in_settings=(),
        sdk_module=None,
        capabilities=spec.capabilities | offers,
    )
