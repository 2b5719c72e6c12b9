"""Moomoo: US shares and options through OpenD on the bot's own machine."""

from floorbroker.brokers.spec import Approval, AuthFlow, BrokerSpec, Capability, Gateway
from floorbroker.domain.ids import BrokerId
from floorbroker.domain.instruments import AssetClass
from floorbroker.domain.modes import DeploymentMode, Environment
from floorbroker.domain.orders import OrderType, TimeInForce

SPEC = BrokerSpec(
    id=BrokerId("moomoo"),
    name="Moomoo",
    badge="Single-User Only",
    emoji="📈",
    # Protobuf over plain TCP, not a web socket:
    # https://openapi.moomoo.com/moomoo-api-doc/en/qa/opend.html
    api_type="Socket (OpenD)",
    auth_method="Login at the local gateway",
    auth_flow=AuthFlow.LOCAL_GATEWAY,
    modes=frozenset({DeploymentMode.SINGLE_USER}),
    asset_classes=frozenset({AssetClass.EQUITY, AssetClass.OPTION}),
    environments=frozenset(Environment),
    # Of a live account. Its paper account takes market and limit orders for the day only:
    # https://openapi.moomoo.com/moomoo-api-doc/en/trade/trade.html
    # https://openapi.moomoo.com/moomoo-api-doc/en/qa/trade.html
    order_types=frozenset(OrderType),
    times_in_force=frozenset({TimeInForce.DAY, TimeInForce.GTC}),
    capabilities=frozenset(
        {
            # Not in paper trading: https://openapi.moomoo.com/moomoo-api-doc/en/qa/trade.html
            Capability.EXTENDED_HOURS,
            Capability.SHORT,
            Capability.MODIFY,
            Capability.ORDER_EVENTS,
            Capability.QUOTES,
            Capability.BARS,
            Capability.OPTION_CHAIN,
            Capability.STREAM_QUOTES,
            # The book for subscribers: …/en/quote/get-order-book.html; Greeks in the snapshot of
            # an option: …/en/quote/get-market-snapshot.html
            Capability.DEPTH,
            Capability.GREEKS,
            Capability.MARKET_HOURS,
        }
    ),
    # "After the first login, you need to complete API Questionnaire and Agreements":
    # https://openapi.moomoo.com/futu-api-doc/en/intro/authority.html
    approval=Approval(
        required=False,
        timeline="None; a questionnaire and agreements at the first login",
    ),
    setup_steps=(
        "Open your trading account in the moomoo app.",
        "Install moomoo OpenD on your machine and log in to it by hand.",
        "Answer the questionnaire and accept the agreements that it asks for.",
        "Run this bot on the same machine with DEPLOYMENT_MODE=single-user.",
        "Choose Moomoo in /setup broker; the bot connects to localhost:11111.",
    ),
    requirements=(
        "Install OpenD Gateway on your local machine",
        "Run the bot on the same machine as the Gateway",
        "Manual login with 2FA authentication",
        "Only supports one user at a time",
    ),
    gateway=Gateway(
        process="OpenD Gateway",
        port=11111,
        ports=((11111, "OpenD, paper and live: HIGH RISK"),),
        settings=("OPEND_HOST", "OPEND_PORT", "OPEND_SECURITY_FIRM"),
        examiner="floorbroker.brokers.moomoo.examination:examine",
    ),
    warning="Moomoo requires local Gateway installation. Only supported in single-user deployment "
    "mode. OpenD serves the one person who logged in to it; paper and live accounts share its "
    "port, and live orders need the trade unlocked in OpenD.",
    adapter="floorbroker.brokers.moomoo.adapter:MoomooAdapter",
    sdk_module="moomoo",
    extra="moomoo",
    alternatives=(BrokerId("alpaca"), BrokerId("webull")),
)
