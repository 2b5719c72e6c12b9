"""Alpaca's trading and market-data API on loopback, for alpaca-py and the adapter to talk to."""

from tests.simulators.alpaca.faults import Fault, Trouble
from tests.simulators.alpaca.orders import Order
from tests.simulators.alpaca.people import Person
from tests.simulators.alpaca.simulator import AlpacaSimulator

__all__ = ["AlpacaSimulator", "Fault", "Order", "Person", "Trouble"]
