"""Alpaca: US shares, options and crypto behind one REST API, with a paper host of its own."""

from floorbroker.brokers.spec import Approval, AuthFlow, BrokerSpec, Capability
from floorbroker.domain.ids import BrokerId
from floorbroker.domain.instruments import AssetClass
from floorbroker.domain.modes import DeploymentMode, Environment
from floorbroker.domain.orders import OrderType, TimeInForce

SPEC = BrokerSpec(
    id=BrokerId("alpaca"),
    name="Alpaca",
    badge="Cloud",
    emoji="📈",
    api_type="REST",
    auth_method="API Key / OAuth 2.0",
    auth_flow=AuthFlow.API_KEY,
    modes=frozenset(DeploymentMode),
    # https://alpaca.markets/learn/13-order-types-you-should-know-about
    asset_classes=frozenset({AssetClass.EQUITY, AssetClass.CRYPTO, AssetClass.OPTION}),
    # Other host, other keys: https://docs.alpaca.markets/reference
    environments=frozenset(Environment),
    # All of them for shares. Coins and options take some, and the adapter refuses the others
    # before anything is sent: alpaca/order_fields.py.
    order_types=frozenset(OrderType),
    times_in_force=frozenset(TimeInForce),
    capabilities=frozenset(
        {
            # `notional`, fractional `qty`: https://docs.alpaca.markets/docs/trading-1
            Capability.NOTIONAL,
            Capability.FRACTIONAL,
            # Limit orders only: https://docs.alpaca.markets/reference/postorder
            Capability.EXTENDED_HOURS,
            # Whole shares only: https://docs.alpaca.markets/docs/orders-at-alpaca
            Capability.BRACKET,
            # From 2,000 USD of equity: https://docs.alpaca.markets/docs/account-plans
            Capability.SHORT,
            Capability.MODIFY,
            Capability.QUOTES,
            Capability.BARS,
            Capability.OPTION_CHAIN,
            Capability.MARKET_HOURS,
            # https://docs.alpaca.markets/docs/websocket-streaming
            Capability.ORDER_EVENTS,
            # Shares and coins: https://docs.alpaca.markets/docs/streaming-market-data
            Capability.STREAM_QUOTES,
        }
    ),
    # Keys lie in the dashboard after signing up; a live account passes Alpaca's onboarding:
    # https://alpaca.markets/learn/connect-to-alpaca-api
    # https://docs.alpaca.markets/docs/account-plans (no duration given: unverified)
    approval=Approval(
        required=False,
        timeline="Paper keys at once; live keys when Alpaca has opened your account",
    ),
    setup_steps=(
        "Sign up at alpaca.markets; paper trading needs no deposit.",
        "Open the Home page of your paper (or live) account and generate an API key.",
        "Choose Alpaca in /setup broker and enter key and secret on the page that opens.",
    ),
    requirements=("An Alpaca account", "An API key and its secret, one pair for paper or for live"),
    # alpaca-py's BaseURL: https://github.com/alpacahq/alpaca-py (common/enums.py)
    endpoints={
        "paper": "https://paper-api.alpaca.markets",
        "live": "https://api.alpaca.markets",
        "data": "https://data.alpaca.markets",
        # BaseURL.MARKET_DATA_STREAM there
        "stream": "https://stream.data.alpaca.markets",
        # https://docs.alpaca.markets/docs/using-oauth2-and-trading-api
        "sign_in": "https://app.alpaca.markets",
        "token": "https://api.alpaca.markets",
    },
    sign_in="floorbroker.brokers.alpaca.oauth:AlpacaOAuth",
    sign_in_settings=("ALPACA_CLIENT_ID", "ALPACA_CLIENT_SECRET"),
    adapter="floorbroker.brokers.alpaca.adapter:AlpacaAdapter",
    sdk_module="alpaca",
    extra="alpaca",
    # 200 requests a minute and account: https://alpaca.markets/support/usage-limit-api-calls
    poll_seconds=2,
)
