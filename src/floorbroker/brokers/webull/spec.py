"""Webull: US shares, options and coins, with a person's own application key or by signing in."""

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
    # Webull also lists futures and event contracts:
    # https://developer.webull.com/apis/docs/reference/common-order-place
    asset_classes=frozenset({AssetClass.EQUITY, AssetClass.OPTION, AssetClass.CRYPTO}),
    # Paper is Webull's sandbox, with hosts and keys of its own; orders in it were placed, read back
    # and canceled (github.com/sfreiberg/webull, docs/COMPATIBILITY.md). Whether it fills them is
    # unverified.
    environments=frozenset(Environment),
    # Shares take all five; options neither market nor trailing stop, coins neither stop nor
    # trailing stop: https://developer.webull.com/apis/docs/reference/common-order-place
    order_types=frozenset(OrderType),
    # Shares and options DAY and GTC; IOC is for market orders of coins: same page.
    times_in_force=frozenset({TimeInForce.DAY, TimeInForce.GTC, TimeInForce.IOC}),
    capabilities=frozenset(
        {
            # Shares only: total_cash_amount, and "decimals when placing fractional lot orders for
            # US stocks": same page. MASTER with STOP_PROFIT and STOP_LOSS, side SHORT: same page.
            Capability.NOTIONAL,
            Capability.FRACTIONAL,
            Capability.BRACKET,
            Capability.SHORT,
            # Limit orders only: https://developer.webull.com/apis/docs/trade-api/faq
            Capability.EXTENDED_HOURS,
            # Neither for coins: https://developer.webull.com/apis/docs/reference/trading
            Capability.MODIFY,
            Capability.PREVIEW,
            # With a market-data subscription of the key's, and none for whoever signs in:
            # https://developer.webull.com/apis/docs/market-data-api/data-api
            Capability.QUOTES,
            Capability.BARS,
            Capability.OPTION_CHAIN,
        }
    ),
    # "The review and approval process typically takes 1–2 business days":
    # https://developer.webull.com/apis/docs/trade-api/faq
    approval=Approval(required=True, timeline="1–2 business days, by each person for their key"),
    setup_steps=(
        "Apply for API access on Webull's website; an e-mail tells when it is approved.",
        "Create an application there, leave two-factor authentication for the API off, and keep "
        "its app key and app secret. The sandbox has keys of its own.",
        "Choose Webull in /setup broker and enter both on the page that opens.",
    ),
    requirements=(
        "A Webull brokerage account",
        "API access that Webull has approved, or the operator's registration with Webull",
    ),
    warning=(
        "Webull gives prices only with a subscription of the key's own, and none to whoever signs "
        "in. Without them an order with real money needs a limit."
    ),
    adapter="floorbroker.brokers.webull.adapter:WebullAdapter",
    sign_in="floorbroker.brokers.webull.oauth:WebullOAuth",
    sign_in_settings=(
        "WEBULL_CLIENT_ID",
        "WEBULL_CLIENT_SECRET",
        "WEBULL_APP_KEY",
        "WEBULL_APP_SECRET",
    ),
    # Requests are signed here: the vendor's SDK shares a token file between people.
    sdk_module=None,
    extra="webull",
    # The hosts of a key and of Connect, and the page where a person signs in:
    # https://developer.webull.com/apis/docs/sdk and …/docs/connect-api/authentication; the
    # sandbox's page as two projects have it (sfreiberg/webull, GeneBO98/tradetally).
    endpoints={
        "live": "https://api.webull.com",
        "paper": "https://api.sandbox.webull.com",
        "connect_live": "https://us-oauth-open-api.webull.com",
        "connect_paper": "https://oauth-open-api.sandbox.webull.com",
        "sign_in_live": "https://passport.webull.com/oauth2/authenticate/login",
        "sign_in_paper": "https://passport.webull.com/oauth2/sandbox/authenticate/login",
    },
)
