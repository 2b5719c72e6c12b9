"""Coinbase Advanced Trade: spot crypto; every request carries a token signed with the key."""

from floorbroker.brokers.spec import Approval, AuthFlow, BrokerSpec, Capability
from floorbroker.domain.ids import BrokerId
from floorbroker.domain.instruments import AssetClass
from floorbroker.domain.modes import DeploymentMode, Environment
from floorbroker.domain.orders import OrderType, TimeInForce

SPEC = BrokerSpec(
    id=BrokerId("coinbase"),
    name="Coinbase",
    badge="Cloud",
    emoji="₿",
    api_type="REST",
    auth_method="JWT (API Key)",
    auth_flow=AuthFlow.API_KEY,
    modes=frozenset(DeploymentMode),
    asset_classes=frozenset({AssetClass.CRYPTO}),
    # The sandbox has no book, "all responses are static and pre-defined":
    # https://docs.cdp.coinbase.com/coinbase-app/advanced-trade-apis/sandbox
    environments=frozenset({Environment.LIVE}),
    # market, limit and stop-limit (there is no plain stop), GTC, IOC and FOK:
    # https://coinbase.github.io/coinbase-advanced-py/
    order_types=frozenset({OrderType.MARKET, OrderType.LIMIT, OrderType.STOP_LIMIT}),
    times_in_force=frozenset({TimeInForce.GTC, TimeInForce.IOC, TimeInForce.FOK}),
    capabilities=frozenset(
        {
            Capability.FRACTIONAL,
            # `edit_order` and `preview_order`: https://coinbase.github.io/coinbase-advanced-py/
            Capability.MODIFY,
            Capability.PREVIEW,
            Capability.QUOTES,
            Capability.BARS,
            # https://docs.cdp.coinbase.com/api-reference/advanced-trade-api/rest-api/data-api/get-api-key-permissions
            Capability.KEY_RIGHTS,
            # No NOTIONAL until it is shown that both sides take a quote size (unverified).
        }
    ),
    # Keys are made in the developer portal. Coinbase says that they are for one's own account
    # and points applications that reach other people's accounts to OAuth:
    # https://docs.cdp.coinbase.com/coinbase-app/authentication-authorization/api-key-authentication
    approval=Approval(required=False, timeline="Keys at once, in the Coinbase Developer Platform"),
    setup_steps=(
        "Open Secret API Keys in the Coinbase Developer Platform and create a key.",
        "Choose the portfolio, tick View and Trade, leave Transfer off.",
        "Keep the key's name and its private key, line breaks included.",
        "Choose Coinbase in /setup broker and enter both on the page that opens.",
    ),
    requirements=("A Coinbase account", "A secret API key that may view and trade, not transfer"),
    warning="Real money only: Coinbase offers no paper trading. Its terms mean an API key for your "
    "own use; consider running a bot of your own.",
    adapter=None,
    sdk_module="coinbase",
    extra="coinbase",
)
