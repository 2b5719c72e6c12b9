"""TD Ameritrade: closed; the id stays, so that whoever looks for it is led to Schwab."""

from floorbroker.brokers.spec import Approval, AuthFlow, BrokerSpec
from floorbroker.domain.ids import BrokerId
from floorbroker.domain.instruments import AssetClass
from floorbroker.domain.modes import DeploymentMode, Environment

SPEC = BrokerSpec(
    id=BrokerId("tdameritrade"),
    name="TD Ameritrade",
    badge="Retired",
    emoji="📈",
    api_type="REST",
    auth_method="OAuth 2.0",
    auth_flow=AuthFlow.OAUTH2,
    modes=frozenset(DeploymentMode),
    # What its accounts hold, now at Schwab; under this id nothing can be done with them.
    asset_classes=frozenset({AssetClass.EQUITY, AssetClass.OPTION}),
    environments=frozenset({Environment.LIVE}),
    order_types=frozenset(),
    times_in_force=frozenset(),
    capabilities=frozenset(),
    approval=Approval(required=False, timeline="None: the broker has closed"),
    setup_steps=("Choose Charles Schwab in /setup broker: your accounts are there now.",),
    # Accounts moved to Schwab, and with that lost the old API:
    # https://developer.tdameritrade.com/content/trader-api-schwab-integration-guide
    warning="TD Ameritrade has closed; its accounts are at Charles Schwab now.",
    supported_by=BrokerId("schwab"),
    adapter=None,
    alternatives=(BrokerId("schwab"),),
)
