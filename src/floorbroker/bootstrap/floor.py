"""Everything that a front end may call, built on the ground."""

from floorbroker.bootstrap.ground import Ground
from floorbroker.brokers.availability import availabilities
from floorbroker.services.alert_setting import AlertSetting
from floorbroker.services.arming import Arming
from floorbroker.services.charting import Charting
from floorbroker.services.console import Console
from floorbroker.services.deciding import Deciding
from floorbroker.services.digest_choices import DigestChoices
from floorbroker.services.drafts import Drafts
from floorbroker.services.elsewhere import Elsewhere
from floorbroker.services.erasing import Erasing
from floorbroker.services.exporting import Exporting
from floorbroker.services.floor import Floor
from floorbroker.services.gateway_looks import GatewayLooks
from floorbroker.services.history import Histories
from floorbroker.services.hours_views import HoursViews
from floorbroker.services.idea_board import IdeaBoard
from floorbroker.services.inbox import Inbox
from floorbroker.services.limit_choices import LimitChoices
from floorbroker.services.link_changes import LinkChanges
from floorbroker.services.link_tickets import Tickets
from floorbroker.services.linking import Linking
from floorbroker.services.listing import OrderList
from floorbroker.services.never_sent import NeverSent
from floorbroker.services.option_chains import OptionChains
from floorbroker.services.order_changes import OrderChangeService
from floorbroker.services.orders import OrderService
from floorbroker.services.own_alerts import OwnAlerts
from floorbroker.services.panic import Panic
from floorbroker.services.portfolio import Portfolio
from floorbroker.services.quote_streams import QuoteStreams
from floorbroker.services.quotes import Quotes
from floorbroker.services.risk import RiskViews
from floorbroker.services.signing_in import SigningIn
from floorbroker.services.sources import Sources
from floorbroker.services.symbol_search import SymbolSearch
from floorbroker.services.unattended import Unattended
from floorbroker.services.volatility import Volatilities
from floorbroker.services.watching import Watching
from floorbroker.services.worth import Worths
from floorbroker.storage import (
    day_values,
    ideas,
    link_tickets,
    moment_values,
    overview,
    own_alerts,
    personal,
    snapshots,
    watch_lists,
)


def build_floor(ground: Ground) -> Floor:
    """The services, each built once."""
    accounts, sessions, clock, trail = ground.accounts, ground.sessions, ground.clock, ground.audit
    alerts = own_alerts.StoredAlerts(ground.store)
    unattended = Unattended(ground.settings, ground.desk, ground.people, alerts)
    linking = Linking(
        factory=ground.factory,
        people=ground.people,
        accounts=accounts,
        choices=ground.choices,
        credentials=ground.credentials,
        sessions=sessions,
        alerts=alerts,
        audit=trail,
        clock=clock,
    )
    sources = Sources(accounts, sessions, unofficial=ground.unofficial)
    listing, portfolio = OrderList(ground.orders), Portfolio(accounts, sessions)
    changes, drafts, sending = (
        OrderChangeService(ground.desk),
        Drafts(ground.desk),
        OrderService(ground.desk),
    )
    tickets = Tickets(link_tickets.LinkTickets(ground.store), trail, clock)
    links, kept = (
        LinkChanges(ground.people, accounts, sessions, alerts, trail),
        personal.Personal(ground.store),
    )
    chains = OptionChains(sources, clock, ground.settings.risk_free_percent)
    return Floor(
        settings=ground.settings,
        clock=clock,
        metrics=ground.metrics,
        accounts=accounts,
        addresses=ground.addresses,
        alert_setting=AlertSetting(alerts, ground.orders, accounts, sessions, clock),
        alerts=OwnAlerts(alerts, accounts, drafts, NeverSent(ground.orders, clock), clock),
        arming=Arming(alerts, ground.desk, unattended),
        brokers=availabilities(ground.settings.deployment_mode, ground.settings.configured),
        chains=chains,
        changes=changes,
        charting=Charting(sources, listing, ground.studio, clock),
        choices=ground.choices,
        console=Console(
            overview.Overview(ground.store),
            ground.choices,
            ground.desk,
            ground.gateways,
            ground.settings.deployment_mode,
        ),
        deciding=Deciding(ground.desk),
        digests=DigestChoices(accounts, ground.desk.hours, trail, clock),
        drafts=drafts,
        elsewhere=Elsewhere(accounts, sessions, ground.orders),
        erasing=Erasing(kept, accounts, listing, trail, clock),
        exporting=Exporting(kept, trail, clock),
        gateways=GatewayLooks(ground.factory),
        histories=Histories(listing, clock),
        hours=HoursViews(accounts, sessions, ground.desk.hours, clock),
        ideas=IdeaBoard(ideas.Ideas(ground.store), accounts, sessions, drafts, clock),
        inbox=Inbox(ground.notices, ground.orders),
        limits=LimitChoices(
            ground.settings,
            ground.people,
            accounts,
            ground.desk.gates,
            trail,
            clock,
        ),
        linking=linking,
        links=links,
        list=listing,
        orders=sending,
        panic=Panic(listing, portfolio, changes, drafts, sending),
        portfolio=portfolio,
        quotes=Quotes(accounts, sources, ground.desk.hours, clock),
        reconciler=ground.reconciler,
        risk=RiskViews(portfolio, sessions, ground.desk.day_losses, clock),
        sessions=sessions,
        signing_in=SigningIn(ground.factory, linking, tickets, ground.vault),
        symbols=SymbolSearch(accounts, sessions, ground.supervisor),
        tickets=tickets,
        volatilities=Volatilities(sources, chains, clock),
        watching=Watching(
            watch_lists.WatchLists(ground.store),
            accounts,
            sessions,
            QuoteStreams(accounts, sessions, ground.supervisor, ground.metrics, clock),
            ground.supervisor,
            clock,
        ),
        word=ground.word,
        worths=Worths(
            day_values.DayValues(ground.store),
            moment_values.MomentValues(ground.store),
            snapshots.Snapshots(ground.store),
            ground.people,
            ground.studio,
            clock,
        ),
    )
