"""E*TRADE: US shares and options over OAuth 1.0a; links end at midnight, US Eastern time."""

from floorbroker.brokers.spec import Approval, AuthFlow, BrokerSpec, Capability
from floorbroker.domain.ids import BrokerId
from floorbroker.domain.instruments import AssetClass
from floorbroker.domain.modes import DeploymentMode, Environment
from floorbroker.domain.orders import OrderType, TimeInForce

SPEC = BrokerSpec(
    id=BrokerId("etrade"),
    name="E*TRADE",
    badge="Cloud",
    emoji="📈",
    api_type="REST",
    auth_method="OAuth 1.0a",
    auth_flow=AuthFlow.OAUTH1,
    modes=frozenset(DeploymentMode),
    # https://developer.etrade.com/getting-started
    asset_classes=frozenset({AssetClass.EQUITY, AssetClass.OPTION}),
    # The sandbox is for developing applications and answers stored examples: no paper account.
    # An operator can set it as `live`: docs/brokers/etrade.md.
    environments=frozenset({Environment.LIVE}),
    # Price types, order terms (IOC and FOK for limit orders only), sessions and short sales as
    # documented for the older v0; v1 has the same words (etrade-python 1.1.0, `orders/values.py`).
    # Its trailing stops are left out: where their distance stands is told in two ways.
    # https://us.etrade.com/ctnt/dev-portal/getDetail?contentUri=V0_Documentation-OrderAPI-PreviewEquityOrderChange
    order_types=frozenset(
        {OrderType.MARKET, OrderType.LIMIT, OrderType.STOP, OrderType.STOP_LIMIT}
    ),
    times_in_force=frozenset(TimeInForce),
    capabilities=frozenset(
        {
            # Shares, limit orders for the day only.
            Capability.EXTENDED_HOURS,
            Capability.SHORT,
            # "essentially cancelling the original order and creating a new one, with a new order
            # ID": V0_Documentation-OrderAPI-PlaceEquityOrderChange
            Capability.MODIFY,
            Capability.PREVIEW,
            Capability.QUOTES,
            Capability.OPTION_CHAIN,
            # apisb.etrade.com/docs/api/authorization/revoke_access_token.html
            Capability.REVOKE,
            # No BARS and no MARKET_HOURS: the API has neither.
        }
    ),
    # An application needs a consumer key: https://developer.etrade.com/getting-started
    # How long E*TRADE takes to give one for production is unverified; a sandbox key is reported
    # within hours: https://seansoper.com/blog/connecting-etrade
    approval=Approval(
        required=True,
        timeline="For the bot's operator, once: E*TRADE gives out the consumer key (how soon is "
        "unverified); nothing for the people who link",
    ),
    setup_steps=(
        "Choose E*TRADE in /setup broker and open the link to E*TRADE's own sign-in.",
        "Sign in there, accept, and copy the verification code.",
        "Enter the code on the page that the bot opened.",
        "Link again on every day of trading: E*TRADE ends each link at midnight, US Eastern time.",
    ),
    requirements=("An E*TRADE brokerage account",),
    # apisb.etrade.com/docs/api/authorization/renew_access_token.html
    warning="E*TRADE ends every link at midnight, US Eastern time. Real money only.",
    # etrade-python 1.1.0, `enums.py`; both kinds of keys get their tokens at one host.
    endpoints={
        "live": "https://api.etrade.com",
        "sandbox": "https://apisb.etrade.com",
        "tokens": "https://api.etrade.com",
        "sign_in": "https://us.etrade.com",
    },
    adapter="floorbroker.brokers.etrade.adapter:EtradeAdapter",
    sign_in="floorbroker.brokers.etrade.oauth:EtradeOAuth",
    sdk_module="etrade_python",
    extra="etrade",
    operator_settings=("ETRADE_CONSUMER_KEY", "ETRADE_CONSUMER_SECRET"),
    # How soon a new order stands in E*TRADE's lists is not documented.
    settle_seconds=60,
)
