"""Binance: spot crypto with signed REST requests, and a testnet."""

from floorbroker.brokers.spec import Approval, AuthFlow, BrokerSpec, Capability
from floorbroker.domain.ids import BrokerId
from floorbroker.domain.instruments import AssetClass
from floorbroker.domain.modes import DeploymentMode, Environment
from floorbroker.domain.orders import OrderType, TimeInForce

SPEC = BrokerSpec(
    id=BrokerId("binance"),
    name="Binance",
    badge="Cloud",
    emoji="₿",
    api_type="REST",
    auth_method="API Key",
    auth_flow=AuthFlow.API_KEY,
    modes=frozenset(DeploymentMode),
    asset_classes=frozenset({AssetClass.CRYPTO}),
    # The testnet has keys and balances of its own.
    environments=frozenset(Environment),
    # Stops are STOP_LOSS and STOP_LOSS_LIMIT, a trailing stop is STOP_LOSS with `trailingDelta`:
    # https://github.com/binance/binance-spot-api-docs/blob/master/rest-api.md
    # https://github.com/binance-us/binance-us-api-docs/blob/master/faqs/trailing-stop-faq.md
    order_types=frozenset(OrderType),
    times_in_force=frozenset({TimeInForce.GTC, TimeInForce.IOC, TimeInForce.FOK}),
    capabilities=frozenset(
        {
            # `quoteOrderQty` of market orders
            Capability.NOTIONAL,
            Capability.FRACTIONAL,
            Capability.QUOTES,
            # https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md
            Capability.STREAM_QUOTES,
            Capability.BARS,
            # https://developers.binance.com/docs/wallet/account/api-key-permission
            Capability.KEY_RIGHTS,
            # No MODIFY: `cancelReplace` is a cancel and a new order, and either may fail alone.
        }
    ),
    # That an account must be verified first is told by third parties only: unverified.
    approval=Approval(required=False, timeline="Keys at once, for a verified account (unverified)"),
    setup_steps=(
        "Create a system-generated (HMAC) key under API Management.",
        'Tick "Enable Reading" and "Enable Spot & Margin Trading"; leave withdrawals off.',
        "Restrict the key to the bot's address if its operator publishes one: without trusted "
        "addresses Binance lets the right to trade expire.",
        "Choose Binance in /setup broker and enter key and secret on the page that opens.",
    ),
    requirements=("A Binance account", "An API key that may read and trade, but not withdraw"),
    # The right to trade expires without trusted addresses:
    # https://www.binance.com/en-IN/support/announcement/cda0a4b53da04396b5d27881e93abf78
    warning="Binance refuses requests from some regions (HTTP 451); what counts is where the bot "
    "runs. In the United States accounts are at Binance.US.",
    # The testnet has no /sapi: https://github.com/binance/binance-spot-api-docs (testnet/). What is
    # asked below /sapi is what a key may do. For Binance.US an operator sets both `live` and
    # `wallet` to https://api.binance.us.
    endpoints={
        "live": "https://api.binance.com",
        "paper": "https://testnet.binance.vision",
        "wallet": "https://api.binance.com",
        # web-socket-streams.md, and the same below testnet/ there
        "live_stream": "https://stream.binance.com",
        "paper_stream": "https://stream.testnet.binance.vision",
    },
    adapter="floorbroker.brokers.binance.adapter:BinanceAdapter",
    sdk_module="binance",
    extra="binance",
)
