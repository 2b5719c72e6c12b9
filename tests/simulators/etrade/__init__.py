"""E*TRADE's OAuth 1.0a and its v1 API on loopback, for etrade-python and the adapter to talk to.

What it does not play: alerts, position lots, spreads and other orders of several legs, mutual
funds, hidden and conditional stops, requests and answers in XML, and the sandbox, which is the
same API with stored answers on another host. It fills at any hour.
"""

from tests.simulators.etrade.faults import Fault, Trouble
from tests.simulators.etrade.instruments import Instrument, option
from tests.simulators.etrade.orders import Order
from tests.simulators.etrade.people import Account, Person
from tests.simulators.etrade.redirecting import SentTo
from tests.simulators.etrade.simulator import EtradeSimulator
from tests.simulators.etrade.tokens import AccessToken, App

__all__ = [
    "AccessToken",
    "Account",
    "App",
    "EtradeSimulator",
    "Fault",
    "Instrument",
    "Order",
    "Person",
    "SentTo",
    "Trouble",
    "option",
]
