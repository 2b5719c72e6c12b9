"""Schwab's OAuth2, Trader and market-data APIs on loopback, for schwab-py and the adapter."""

from tests.simulators.schwab.faults import Fault, Trouble
from tests.simulators.schwab.market import Bar
from tests.simulators.schwab.orders import Order
from tests.simulators.schwab.people import CASH, MARGIN, Account, Person
from tests.simulators.schwab.redirecting import SentTo
from tests.simulators.schwab.simulator import SchwabSimulator
from tests.simulators.schwab.tokens import App

__all__ = [
    "CASH",
    "MARGIN",
    "Account",
    "App",
    "Bar",
    "Fault",
    "Order",
    "Person",
    "SchwabSimulator",
    "SentTo",
    "Trouble",
]
