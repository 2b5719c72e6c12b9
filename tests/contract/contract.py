"""What every broker must do. A broker's own test module inherits `BrokerContract` and says how.

The subclass gives the fixtures of `BrokerFixtures` that raise; everything else holds for all
brokers.
"""

from tests.contract.accounts import AccountContract
from tests.contract.capabilities import CapabilityContract
from tests.contract.connection import ConnectionContract
from tests.contract.failures import FailureContract
from tests.contract.fixtures import Sabotage
from tests.contract.orders import OrderContract
from tests.contract.verifying import VerifyingContract

__all__ = ["BrokerContract", "Sabotage"]


class BrokerContract(
    ConnectionContract,
    AccountContract,
    OrderContract,
    FailureContract,
    CapabilityContract,
    VerifyingContract,
):
    """Inherit it, give the fixtures, and the broker is judged."""
