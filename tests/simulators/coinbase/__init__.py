"""Coinbase's Advanced Trade API on loopback, for coinbase-advanced-py and the adapter to talk to.

What it does not play: futures and perpetuals, conversions, payment methods, moving funds between
portfolios, websockets, TWAP and scaled orders, self-trade prevention.
"""

from tests.simulators.coinbase.faults import Fault, Trouble
from tests.simulators.coinbase.keys import EDDSA, ES256, Key
from tests.simulators.coinbase.market import Candle
from tests.simulators.coinbase.orders import Order
from tests.simulators.coinbase.people import Person, Portfolio
from tests.simulators.coinbase.products import Product
from tests.simulators.coinbase.redirecting import SentTo
from tests.simulators.coinbase.simulator import CoinbaseSimulator

__all__ = [
    "EDDSA",
    "ES256",
    "Candle",
    "CoinbaseSimulator",
    "Fault",
    "Key",
    "Order",
    "Person",
    "Portfolio",
    "Product",
    "SentTo",
    "Trouble",
]
