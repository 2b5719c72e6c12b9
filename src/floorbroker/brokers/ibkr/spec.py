"""Interactive Brokers: many markets through TWS or IB Gateway on the bot's own machine."""

from floorbroker.brokers.spec import Approval, AuthFlow, BrokerSpec, Capability, Gateway
from floorbroker.domain.ids import BrokerId
from floorbroker.domain.instruments import AssetClass
from floorbroker.domain.modes import DeploymentMode, Environment
from floorbroker.domain.orders import OrderType, TimeInForce

SPEC = BrokerSpec(
    id=BrokerId("ibkr"),
    name="Interactive Brokers",
    badge="Single-User Only",
    emoji="📈",
    api_type="Socket (TWS API)",
    auth_method="Login at the local gateway",
    auth_flow=AuthFlow.LOCAL_GATEWAY,
    modes=frozenset({DeploymentMode.SINGLE_USER}),
    # https://interactivebrokers.github.io/tws-api/initial_setup.html
    asset_classes=frozenset(
        {
            AssetClass.EQUITY,
            AssetClass.OPTION,
            AssetClass.FUTURE,
            AssetClass.FOREX,
            AssetClass.CRYPTO,
        }
    ),
    environments=frozenset(Environment),
    # http://www.interactivebrokers.com/php/apiUsersGuide/apiguide/activex/iorder.htm
    order_types=frozenset(OrderType),
    times_in_force=frozenset(TimeInForce),
    capabilities=frozenset(
        {
            # `outsideRth`, `parentId`, `whatIf`:
            # https://interactivebrokers.github.io/tws-api/classIBApi_1_1Order.html
            Capability.EXTENDED_HOURS,
            Capability.BRACKET,
            Capability.PREVIEW,
            # A plain SELL beyond the holding opens it: same page
            Capability.SHORT,
            Capability.MODIFY,
            Capability.ORDER_EVENTS,
            Capability.QUOTES,
            Capability.BARS,
            Capability.OPTION_CHAIN,
            Capability.STREAM_QUOTES,
            Capability.GREEKS,
            Capability.DEPTH,
            Capability.MARKET_HOURS,
            # No FRACTIONAL or NOTIONAL: "Interactive Brokers APIs do not support fractional or
            # cash quantity trading", but for coins and pairs:
            # https://www.interactivebrokers.com/campus/ibkr-api-page/order-types/
        }
    ),
    # No application is made for the TWS API; that some account types lack it is unverified.
    approval=Approval(required=False, timeline="None for the TWS API; your account must be open"),
    setup_steps=(
        "Install IB Gateway (or TWS) on your machine.",
        "Turn on the API in its settings: Configure → API → Settings, enable socket clients, "
        "read-only off, and note the socket port.",
        "Log in with your second factor; begin with the paper account.",
        "Run this bot on the same machine with DEPLOYMENT_MODE=single-user.",
        "Choose Interactive Brokers in /setup broker; the bot connects to localhost:7497.",
    ),
    # "The user must manually enter their username and password into a login window":
    # https://interactivebrokers.github.io/tws-api/initial_setup.html
    requirements=(
        "Install TWS or IB Gateway on your local machine",
        "Run the bot on the same machine as the Gateway",
        "Manual login with 2FA authentication",
        "Only supports one user at a time",
    ),
    # The factory settings; each can be changed, and TWS can trust other addresses.
    # 7497: https://www.interactivebrokers.com/campus/ibkr-quant-news/an-introduction-to-tws-api-with-jupyter-notebooks/
    # The other three: https://cazpe.com/docs/tws-notes (not the vendor's)
    gateway=Gateway(
        process="TWS or IB Gateway",
        port=7497,
        ports=(
            (7497, "TWS, paper"),
            (7496, "TWS, live: HIGH RISK"),
            (4002, "IB Gateway, paper"),
            (4001, "IB Gateway, live: HIGH RISK"),
        ),
        settings=("IB_HOST", "IB_PORT", "IB_CLIENT_ID", "IB_ACCOUNT", "IB_MARKET_DATA_TYPE"),
        examiner="floorbroker.brokers.ibkr.examination:examine",
    ),
    warning="IBKR requires local Gateway installation. Only supported in single-user deployment "
    "mode. The gateway serves the one person who logged in to it, by hand and with a second "
    "factor, and wants a new login about once a week; the bot runs beside it and never sees your "
    "password.",
    adapter="floorbroker.brokers.ibkr.adapter:IbkrAdapter",
    sdk_module="ib_insync",
    extra="ibkr",
    alternatives=(BrokerId("alpaca"), BrokerId("schwab")),
)
