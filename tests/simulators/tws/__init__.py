"""Interactive Brokers' TWS API socket on loopback, for ib_insync, ibapi and the adapter."""

from tests.simulators.tws.faults import Fault, Trouble
from tests.simulators.tws.listing import Contract
from tests.simulators.tws.market import Bar, Greeks
from tests.simulators.tws.orders import Execution, SimOrder
from tests.simulators.tws.people import Account, Position
from tests.simulators.tws.simulator import TwsSimulator

__all__ = [
    "Account",
    "Bar",
    "Contract",
    "Execution",
    "Fault",
    "Greeks",
    "Position",
    "SimOrder",
    "Trouble",
    "TwsSimulator",
]
