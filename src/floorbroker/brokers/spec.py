"""A broker's manifest: data, no code, no SDK."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from floorbroker.domain.ids import BrokerId
from floorbroker.domain.instruments import AssetClass
from floorbroker.domain.modes import DeploymentMode, Environment
from floorbroker.domain.orders import OrderType, TimeInForce


class AuthFlow(StrEnum):
    """How a person gives access; never with a brokerage password."""

    NONE = "none"
    API_KEY = "api_key"
    OAUTH2 = "oauth2"
    OAUTH1 = "oauth1"
    LOCAL_GATEWAY = "local_gateway"


class Capability(StrEnum):
    """What an account at a broker can do; commands offer nothing else."""

    NOTIONAL = "notional"
    FRACTIONAL = "fractional"
    EXTENDED_HOURS = "extended_hours"
    BRACKET = "bracket"
    SHORT = "short"
    MODIFY = "modify"
    PREVIEW = "preview"
    ORDER_EVENTS = "order_events"
    QUOTES = "quotes"
    BARS = "bars"
    OPTION_CHAIN = "option_chain"
    STREAM_QUOTES = "stream_quotes"
    GREEKS = "greeks"
    DEPTH = "depth"
    MARKET_HOURS = "market_hours"
    KEY_RIGHTS = "key_rights"
    REVOKE = "revoke"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """The process that a gateway broker needs on the bot's own machine.

    Attributes:
        process: Its name for people, such as `TWS or IB Gateway`.
        port: The port that a fresh installation listens on for paper trading.
        ports: Every known port and what it stands for.
        settings: The operator's settings that say where it is; all have defaults or may be empty.
        examiner: `module:function` of the look that the doctor takes; None while there is none.
    """

    process: str
    port: int
    ports: tuple[tuple[int, str], ...] = ()
    settings: tuple[str, ...] = ()
    examiner: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """Whether the broker must approve access before it works, and how long that takes."""

    required: bool
    timeline: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerSpec:
    """Everything that commands, documents and the factory know about a broker.

    Attributes:
        api_type: `REST`, `Socket (TWS API)`: for people.
        auth_method: `API Key`, `OAuth 2.0`: for people.
        modes: The deployment modes in which it can work at all.
        supported_by: Set on a retired broker: the id of the one that took over its accounts.
        adapter: `module:class` of the adapter; None while there is none.
        sign_in: `module:class` of the way to sign in at the broker's own site; None without one.
        sdk_module: Imported on first use; None where no SDK is needed.
        extra: The name behind `pip install floorbroker[…]`.
        endpoints: Name to the vendor's own address; only the operator can set another one.
        operator_settings: Settings that the operator must fill in before anybody can link.
        sign_in_settings: Those that only signing in needs, where keys are another way.
        warning: Shown in amber before a person links it.
        requirements: What a person needs, one line each.
        setup_steps: What a person does, in order.
        alternatives: Ids of brokers that serve the same people in the cloud.
        settle_seconds: How long an absent order may still turn up.
        poll_seconds: How often a working order is looked at where nothing is pushed.
    """

    id: BrokerId
    name: str
    badge: str
    emoji: str
    api_type: str
    auth_method: str
    auth_flow: AuthFlow
    modes: frozenset[DeploymentMode]
    asset_classes: frozenset[AssetClass]
    environments: frozenset[Environment]
    order_types: frozenset[OrderType]
    times_in_force: frozenset[TimeInForce]
    capabilities: frozenset[Capability]
    approval: Approval
    setup_steps: tuple[str, ...]
    requirements: tuple[str, ...] = ()
    gateway: Gateway | None = None
    warning: str = ""
    supported_by: BrokerId | None = None
    adapter: str | None = None
    sign_in: str | None = None
    sdk_module: str | None = None
    extra: str | None = None
    endpoints: Mapping[str, str] = field(default_factory=dict, hash=False)
    operator_settings: tuple[str, ...] = ()
    sign_in_settings: tuple[str, ...] = ()
    alternatives: tuple[BrokerId, ...] = ()
    settle_seconds: int = 30
    poll_seconds: int = 5

    @property
    def requires_local_gateway(self) -> bool:
        """Whether a process must run on the bot's own machine."""
        return self.gateway is not None

    @property
    def invents_prices(self) -> bool:
        """Whether it is a market of our own, whose prices say nothing about any other."""
        return self.auth_flow is AuthFlow.NONE

    @property
    def registration(self) -> tuple[str, ...]:
        """The operator's settings for this broker."""
        return (*self.operator_settings, *self.sign_in_settings)

    @property
    def takes_keys(self) -> bool:
        """Whether a person can give a key, or an address of a gateway, by hand."""
        return self.auth_flow in {AuthFlow.API_KEY, AuthFlow.LOCAL_GATEWAY}

    @property
    def retired(self) -> bool:
        """Whether another broker took over its accounts."""
        return self.supported_by is not None

    def usual_time_in_force(self, asset_class: AssetClass) -> TimeInForce:
        """For who names none: today only, or until canceled where there is no day, as for coins."""
        offered = self.times_in_force
        endless = asset_class is AssetClass.CRYPTO and TimeInForce.GTC in offered
        return TimeInForce.DAY if TimeInForce.DAY in offered and not endless else TimeInForce.GTC

    @property
    def deployment(self) -> str:
        """`multi-user` or `single-user-only`, as the tables print it."""
        if DeploymentMode.MULTI_USER in self.modes:
            return "multi-user"
        return "single-user-only"
