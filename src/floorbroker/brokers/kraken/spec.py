"""Kraken: spot crypto with signed REST requests under a strictly rising nonce."""

from floorbroker.brokers.spec import Approval, AuthFlow, BrokerSpec, Capability
from floorbroker.domain.ids import BrokerId
from floorbroker.domain.instruments import AssetClass
from floorbroker.domain.modes import DeploymentMode, Environment
from floorbroker.domain.orders import OrderType, TimeInForce

SPEC = BrokerSpec(
    id=BrokerId("kraken"),
    name="Kraken",
    badge="Cloud",
    emoji="₿",
    api_type="REST",
    auth_method="API Key",
    auth_flow=AuthFlow.API_KEY,
    modes=frozenset(DeploymentMode),
    asset_classes=frozenset({AssetClass.CRYPTO}),
    # The validate-only flag checks an order and forgets it: that is no paper account.
    environments=frozenset({Environment.LIVE}),
    # https://docs.kraken.com/exchange/api-reference/spot-websocket-v2/add_order
    order_types=frozenset(OrderType),
    # Other than GTC with limit orders only, and the adapter refuses the others before anything is
    # sent: https://docs.kraken.com/api-reference/trading/add-order
    times_in_force=frozenset({TimeInForce.GTC, TimeInForce.IOC, TimeInForce.FOK}),
    capabilities=frozenset(
        {
            Capability.FRACTIONAL,
            # In place, under the same ids:
            # https://docs.kraken.com/exchange/api-reference/spot-websocket-v2/amend_order
            Capability.MODIFY,
            Capability.QUOTES,
            # https://docs.kraken.com/exchange/api-reference/spot-websocket-v2/ticker
            Capability.STREAM_QUOTES,
            Capability.BARS,
            # AddOrder with `validate`, and the person's fee from TradeVolume:
            # https://docs.kraken.com/api-reference/trading/add-order
            Capability.PREVIEW,
            # https://docs.kraken.com/api-reference/account-data/get-api-key-info.md
            Capability.KEY_RIGHTS,
            # No NOTIONAL: volume in quote currency is for market buys only, and what Kraken then
            # tells as the order's volume is not documented.
            # No BRACKET: an order takes one closing order, not two.
        }
    ),
    # https://support.kraken.com/hc/en-us/articles/360000919966-How-to-generate-an-API-key-pair-
    # Rights: https://docs.kraken.com/exchange/guides/rest/api-keys
    approval=Approval(required=False, timeline="Keys at once, in the account's API settings"),
    setup_steps=(
        "Create a spot API key in the API settings of your Kraken account.",
        "Allow: query funds; query open and closed orders and trades; create and modify orders; "
        "cancel and close orders. Leave deposits and withdrawals off.",
        "Use the key for this bot only: two programs with one key spoil each other's nonces.",
        "Choose Kraken in /setup broker and enter key and private key on the page that opens.",
    ),
    requirements=("A Kraken account", "A spot API key that may trade, but not withdraw"),
    warning="Real money only: Kraken's spot market has no paper trading.",
    # The host of the SDK itself: krakenex 2.2.2, API.uri. The stream's:
    # https://docs.kraken.com/exchange/api-reference/spot-websocket
    endpoints={"live": "https://api.kraken.com", "live_stream": "https://ws.kraken.com"},
    adapter="floorbroker.brokers.kraken.adapter:KrakenAdapter",
    sdk_module="krakenex",
    extra="kraken",
)
