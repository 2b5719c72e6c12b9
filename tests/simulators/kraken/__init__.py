"""Kraken's spot REST API on loopback, for krakenex and the adapter to talk to."""

from tests.simulators.kraken.orders import Order
from tests.simulators.kraken.people import Key, Person
from tests.simulators.kraken.refusals import KrakenRefusal, ProxyPage
from tests.simulators.kraken.simulator import KrakenSimulator
from tests.simulators.serving import Fault, Trouble

__all__ = [
    "Fault",
    "Key",
    "KrakenRefusal",
    "KrakenSimulator",
    "Order",
    "Person",
    "ProxyPage",
    "Trouble",
]
