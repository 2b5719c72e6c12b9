"""Charles Schwab: US shares and options over OAuth 2.0; links last seven days."""

from floorbroker.brokers.spec import Approval, AuthFlow, BrokerSpec, Capability
from floorbroker.domain.ids import BrokerId
from floorbroker.domain.instruments import AssetClass
from floorbroker.domain.modes import DeploymentMode, Environment
from floorbroker.domain.orders import OrderType, TimeInForce

SPEC = BrokerSpec(
    id=BrokerId("schwab"),
    name="Charles Schwab",
    badge="Cloud",
    emoji="📈",
    api_type="REST",
    auth_method="OAuth 2.0",
    auth_flow=AuthFlow.OAUTH2,
    modes=frozenset(DeploymentMode),
    # "Stocks, Options, ETFs":
    # https://developer.tdameritrade.com/content/trader-api-schwab-integration-guide-june-2023-update
    asset_classes=frozenset({AssetClass.EQUITY, AssetClass.OPTION}),
    # No sandbox is documented, so nothing there is paper.
    environments=frozenset({Environment.LIVE}),
    # Order types, durations and sessions of the order schema as it is published by others:
    # https://docs.rs/crate/schwab/0.1.6/source/docs/trader_api.openapi.json
    order_types=frozenset(OrderType),
    times_in_force=frozenset({TimeInForce.DAY, TimeInForce.GTC, TimeInForce.FOK}),
    capabilities=frozenset(
        {
            Capability.EXTENDED_HOURS,
            Capability.BRACKET,
            Capability.SHORT,
            # As schwab-py calls them; Schwab's own pages need a login.
            Capability.MODIFY,
            Capability.PREVIEW,
            Capability.QUOTES,
            Capability.BARS,
            Capability.OPTION_CHAIN,
            Capability.MARKET_HOURS,
            # The streamer, as schwab-py 1.5.1 speaks to it (streaming.py).
            Capability.STREAM_QUOTES,
        }
    ),
    # The operator's application is approved by Schwab, and one that serves other people is
    # registered for "Commercial use":
    # https://developer.tdameritrade.com/content/trader-api-schwab-integration-guide-june-2023-update
    # Schwab publishes no duration: unverified. "Up to a few days", "usually 1-3 days":
    # https://github.com/alexgolec/schwab-py/blob/main/docs/getting-started.rst
    # https://github.com/slimandslam/schwab-client-js/blob/main/docs/SchwabConfig.md
    approval=Approval(
        required=True,
        timeline="For the bot's operator, once: 1–3 days reported for an individual application "
        "(unverified); nothing for the people who link",
    ),
    setup_steps=(
        "Choose Charles Schwab in /setup broker and open the link to Schwab's own sign-in.",
        "Sign in there, tick the accounts that the bot may use, and confirm.",
        "Link again every seven days; the bot reminds you in time.",
    ),
    requirements=("A Schwab brokerage account",),
    warning="Schwab ends every link after seven days. Real money only: Schwab offers no paper "
    "trading to applications.",
    # The host of the SDK itself, for signing in, accounts and market data alike: schwab-py 1.5.1,
    # client/asynchronous.py and auth.py.
    endpoints={"api": "https://api.schwabapi.com"},
    adapter="floorbroker.brokers.schwab.adapter:SchwabAdapter",
    sign_in="floorbroker.brokers.schwab.oauth:SchwabOAuth",
    sdk_module="schwab",
    extra="schwab",
    operator_settings=("SCHWAB_APP_KEY", "SCHWAB_APP_SECRET"),
    # Reading orders is not throttled; the 120 requests a minute of the application are for the
    # rest: https://developer.tdameritrade.com/content/trader-api-schwab-integration-guide-june-2023-update
    poll_seconds=5,
)
