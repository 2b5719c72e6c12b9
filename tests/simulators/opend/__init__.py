"""Moomoo's OpenD on loopback, for the SDK and the adapter."""

from tests.simulators.opend.accounts import (
    CASH,
    LIVE_ID,
    MARGIN,
    PAPER_ID,
    REAL,
    SIMULATE,
    Account,
    Position,
)
from tests.simulators.opend.accounts_api import PASSWORD
from tests.simulators.opend.asking import Received
from tests.simulators.opend.faults import Error, Fault, Trouble
from tests.simulators.opend.instruments import CALL, ETF, PUT, Security
from tests.simulators.opend.market import Bar, Quote
from tests.simulators.opend.orders import Deal, Order
from tests.simulators.opend.simulator import OpenDSimulator
from tests.simulators.opend.vendor import sdk

__all__ = [
    "CALL",
    "CASH",
    "ETF",
    "LIVE_ID",
    "MARGIN",
    "PAPER_ID",
    "PASSWORD",
    "PUT",
    "REAL",
    "SIMULATE",
    "Account",
    "Bar",
    "Deal",
    "Error",
    "Fault",
    "OpenDSimulator",
    "Order",
    "Position",
    "Quote",
    "Received",
    "Security",
    "Trouble",
    "sdk",
]
