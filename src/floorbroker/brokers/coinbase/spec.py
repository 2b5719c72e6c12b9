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
    # Market, limit and stop-limit; there is no plain stop and no trailing one. The configurations
    # of rest/orders.py in coinbase-advanced-py 1.8.4.
    order_types=frozenset({OrderType.MARKET, OrderType.LIMIT, OrderType.STOP_LIMIT}),
    # Other than GTC with limit orders only, and the adapter refuses the others before anything is
    # sent; a market order ends at once whatever it is called.
    times_in_force=frozenset({TimeInForce.GTC, TimeInForce.IOC, TimeInForce.FOK}),
    capabilities=frozenset(
        {
            Capability.FRACTIONAL,
            # In place, limit orders good til canceled: `edit_order` of coinbase-advanced-py and
            # https://docs.cdp.coinbase.com/api-reference/advanced-trade-api/rest-api/orders/edit-order
            Capability.MODIFY,
            Capability.PREVIEW,
            Capability.QUOTES,
            # https://docs.cdp.coinbase.com/api-reference/advanced-trade-api/websocket/ticker
            Capability.STREAM_QUOTES,
            Capability.BARS,
            # https://docs.cdp.coinbase.com/api-reference/advanced-trade-api/rest-api/data-api/get-api-key-permissions
            Capability.KEY_RIGHTS,
            # No NOTIONAL: the guide of the SDK gives an amount of money for buys and a size for
            # sales; that a sale takes an amount is unverified.
            # No BRACKET: one can be attached, and what becomes of it is not documented well enough.
        }
    ),
    # Keys are made in the developer portal. Coinbase says that they are for one's own account
    # and points applications that reach other people's accounts to OAuth:
    # https://docs.cdp.coinbase.com/coinbase-app/authentication-authorization/api-key-authentication
    approval=Approval(required=False, timeline="Keys at once, in the Coinbase Developer Platform"),
    setup_steps=(
        "Open Secret API Keys in the Coinbase Developer Platform and create a key.",
        "Under API restrictions choose the portfolio, tick View and Trade, leave Transfer off.",
        "Either signature algorithm will do: Ed25519, or ECDSA under advanced settings.",
        "Keep the key's name or ID and its private key: the latter is shown once.",
        "Choose Coinbase in /setup broker and enter both on the page that opens.",
    ),
    requirements=("A Coinbase account", "A secret API key that may view and trade, not transfer"),
    warning="Real money only: Coinbase offers no paper trading. Its terms mean an API key for your "
    "own use; consider running a bot of your own.",
    # The hosts of the SDK itself: BASE_URL and WS_BASE_URL in coinbase.constants, 1.8.4.
    endpoints={
        "live": "https://api.coinbase.com",
        "live_stream": "https://advanced-trade-ws.coinbase.com",
    },
    adapter="floorbroker.brokers.coinbase.adapter:CoinbaseAdapter",
    # An order in doubt is looked for in a list, and how soon a new one shows there is documented
    # nowhere: twice as long as usual.
    settle_seconds=60,
    sdk_module="coinbase",
    extra="coinbase",
)
