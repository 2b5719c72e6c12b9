"""Webull: US shares and options with requests signed by a person's own application key."""

from floorbroker.brokers.spec import Approval, AuthFlow, BrokerSpec, Capability
from floorbroker.domain.ids import BrokerId
from floorbroker.domain.instruments import AssetClass
from floorbroker.domain.modes import DeploymentMode, Environment
from floorbroker.domain.orders import OrderType, TimeInForce

SPEC = BrokerSpec(
    id=BrokerId("webull"),
    name="Webull",
    badge="Cloud",
    emoji="📈",
    api_type="REST",
    # A person's key signs; OAuth ("Connect") is for platforms that Webull has registered:
    # https://developer.webull.com/apis/docs/connect-api/about-connect-api
    auth_method="App Key (signed) / OAuth 2.0",
    auth_flow=AuthFlow.API_KEY,
    modes=frozenset(DeploymentMode),
    # Webull also lists futures, crypto and event contracts; the adapter starts with these two:
    # https://developer.webull.com/apis/docs/trade-api/trade
    asset_classes=frozenset({AssetClass.EQUITY, AssetClass.OPTION}),
    # The test host is for developing an application; that it keeps a person's book is unverified.
    environments=frozenset({Environment.LIVE}),
    # Shares take all five; options neither market nor trailing stop, and DAY only when sold:
    # https://developer.webull.com/apis/docs/trade-api/faq
    order_types=frozenset(OrderType),
    times_in_force=frozenset({TimeInForce.DAY, TimeInForce.GTC}),
    capabilities=frozenset(
        {
            # Limit orders only: https://developer.webull.com/api-doc/trade/order/place-order
            Capability.EXTENDED_HOURS,
            # OTOCO: https://developer.webull.com/apis/docs/trade-api/trade
            Capability.BRACKET,
            # https://developer.webull.com/apis/docs/reference/trading
            Capability.MODIFY,
            Capability.PREVIEW,
            # With a market-data subscription of the person's, bought for the API:
            # https://developer.webull.com/apis/docs/market-data-api/data-api
            Capability.QUOTES,
            Capability.BARS,
            # Amounts of money, fractions and short sales are documented by Webull's Hong Kong
            # house only (unverified for the US), and so left out:
            # https://developer.webull.hk/apis/docs/trade-api/stock
        }
    ),
    # "The review and approval process typically takes 1–2 business days":
    # https://developer.webull.com/apis/docs/trade-api/faq
    approval=Approval(required=True, timeline="1–2 business days, by each person for their key"),
    setup_steps=(
        "Apply for API access on Webull's website; an e-mail tells when it is approved.",
        "Create an application there and keep its app key and app secret.",
        "Choose Webull in /setup broker and enter both on the page that opens.",
    ),
    requirements=("A Webull brokerage account", "API access that Webull has approved"),
    warning="Real money only: the bot cannot reach Webull's own paper trading.",
    adapter=None,
    # Requests are signed here: the vendor's SDK shares a token file between people.
    sdk_module=None,
    extra="webull",
)
