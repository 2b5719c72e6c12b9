"""The paper broker's manifest."""

from typing import Final

from floorbroker.brokers.spec import Approval, AuthFlow, BrokerSpec, Capability
from floorbroker.domain.ids import BrokerId
from floorbroker.domain.instruments import AssetClass
from floorbroker.domain.modes import DeploymentMode, Environment
from floorbroker.domain.orders import OrderType, TimeInForce

SPEC: Final = BrokerSpec(
    id=BrokerId("paper"),
    name="Paper trading",
    badge="Practice",
    emoji="📝",
    api_type="Built in",
    auth_method="None",
    auth_flow=AuthFlow.NONE,
    modes=frozenset(DeploymentMode),
    asset_classes=frozenset({AssetClass.EQUITY, AssetClass.CRYPTO, AssetClass.OPTION}),
    environments=frozenset({Environment.PAPER}),
    order_types=frozenset(OrderType),
    times_in_force=frozenset(TimeInForce),
    capabilities=frozenset(
        {
            Capability.NOTIONAL,
            Capability.FRACTIONAL,
            Capability.EXTENDED_HOURS,
            Capability.BRACKET,
            Capability.SHORT,
            Capability.MODIFY,
            Capability.PREVIEW,
            Capability.QUOTES,
            Capability.STREAM_QUOTES,
            Capability.BARS,
            Capability.MARKET_HOURS,
            Capability.OPTION_CHAIN,
            Capability.GREEKS,
            Capability.REVOKE,
        }
    ),
    approval=Approval(required=False, timeline="At once"),
    setup_steps=(
        "Choose Paper trading: no account, no key and no money are needed.",
        "Trade with 100,000 simulated dollars; prices are made up and look like real ones.",
    ),
    adapter="floorbroker.brokers.paper.adapter:PaperAdapter",
    poll_seconds=2,
)
