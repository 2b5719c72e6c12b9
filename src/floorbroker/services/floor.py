"""Everything that a front end may call."""

from dataclasses import dataclass

from floorbroker.brokers.availability import Availability
from floorbroker.config import Settings
from floorbroker.domain.clock import Clock
from floorbroker.observability.metrics import Metrics
from floorbroker.replicas.word import Word
from floorbroker.services.accounts import Accounts
from floorbroker.services.alert_setting import AlertSetting
from floorbroker.services.arming import Arming
from floorbroker.services.charting import Charting
from floorbroker.services.choices import Choices
from floorbroker.services.console import Console
from floorbroker.services.deciding import Deciding
from floorbroker.services.digest_choices import DigestChoices
from floorbroker.services.drafts import Drafts
from floorbroker.services.elsewhere import Elsewhere
from floorbroker.services.erasing import Erasing
from floorbroker.services.exporting import Exporting
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
from floorbroker.services.notify import Addresses
from floorbroker.services.option_chains import OptionChains
from floorbroker.services.order_changes import OrderChangeService
from floorbroker.services.orders import OrderService
from floorbroker.services.own_alerts import OwnAlerts
from floorbroker.services.panic import Panic
from floorbroker.services.portfolio import Portfolio
from floorbroker.services.quotes import Quotes
from floorbroker.services.reconcile import Reconciler
from floorbroker.services.risk import RiskViews
from floorbroker.services.sessions import Sessions
from floorbroker.services.signing_in import SigningIn
from floorbroker.services.symbol_search import SymbolSearch
from floorbroker.services.volatility import Volatilities
from floorbroker.services.watching import Watching
from floorbroker.services.worth import Worths


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """The services, built once by `bootstrap`.

    Attributes:
        brokers: Every broker with whether it can be linked here, and if not, why.
    """

    settings: Settings
    clock: Clock
    metrics: Metrics
    accounts: Accounts
    addresses: Addresses
    alert_setting: AlertSetting
    alerts: OwnAlerts
    arming: Arming
    brokers: tuple[Availability, ...]
    chains: OptionChains
    changes: OrderChangeService
    charting: Charting
    choices: Choices
    console: Console
    deciding: Deciding
    digests: DigestChoices
    drafts: Drafts
    elsewhere: Elsewhere
    erasing: Erasing
    exporting: Exporting
    gateways: GatewayLooks
    histories: Histories
    hours: HoursViews
    ideas: IdeaBoard
    inbox: Inbox
    limits: LimitChoices
    linking: Linking
    links: LinkChanges
    list: OrderList
    orders: OrderService
    panic: Panic
    portfolio: Portfolio
    quotes: Quotes
    reconciler: Reconciler
    risk: RiskViews
    sessions: Sessions
    signing_in: SigningIn
    symbols: SymbolSearch
    tickets: Tickets
    watching: Watching
    word: Word
    volatilities: Volatilities
    worths: Worths
