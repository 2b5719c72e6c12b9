"""Binance's spot REST API on loopback, for python-binance and the adapter to talk to."""

from tests.simulators.binance.orders import Order
from tests.simulators.binance.people import Person
from tests.simulators.binance.simulator import BinanceSimulator
from tests.simulators.binance.symbols import Symbol
from tests.simulators.serving import Fault, Trouble

__all__ = ["BinanceSimulator", "Fault", "Order", "Person", "Symbol", "Trouble"]
