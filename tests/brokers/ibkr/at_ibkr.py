"""Orders, lines and adapters for tests at a TWS on loopback."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.ibkr.adapter import IbkrAdapter
from floorbroker.brokers.ibkr.credentials import IbkrCredentials
from floorbroker.brokers.ibkr.line import IbkrLine
from floorbroker.brokers.ibkr.questions import Patience
from floorbroker.brokers.ibkr.spec import SPEC
from floorbroker.brokers.shared.gateway_wire import Pace
from floorbroker.brokers.shared.gateways import Gateways
from floorbroker.domain.clock import Clock
from floorbroker.domain.ids import AccountId
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.order import Order
from floorbroker.domain.orders import Found, OrderRequest, OrderType, Receipt, Side
from tests.brokers.fakes.surroundings import context as surroundings
from tests.contract.at_simulator import AtSimulator
from tests.contract.placing import sending
from tests.simulators import serving
from tests.simulators.tws import Fault, Trouble, TwsSimulator

ACCOUNT: Final = AccountId("DU1234567")
NOON: Final = datetime(2026, 11, 18, 17, tzinfo=UTC)
"""A Wednesday, noon in New York, for which the simulator has trading hours."""

APPLE: Final = Instrument(symbol="AAPL", asset_class=AssetClass.EQUITY)
QUICK: Final = Pace(connect=5, pauses=(0.01, 0.02, 0.05), slow=0.05, probe=60, answer=2, least=0)
USUAL: Final = Patience(read=5, order=5, start=3, profit=1, cancel=0.3, settle=0.05)
SHORT: Final = Patience(read=1, order=0.4, start=0.5, profit=0.3, cancel=0.2, settle=0.05)
"""For tests in which somebody stays silent."""


_CUT: Final = (Fault.DROP_BEFORE, Fault.DROP_AFTER)
_SILENT: Final = (Fault.SILENCE, Fault.SILENCE_AFTER)
_GARBLED: Final = (Fault.ERROR(504, "Not connected"), Fault.RUBBISH)
_HTTP: Final = serving.Fault
SOCKETS: Final = {
    _HTTP.RESET: _CUT,
    _HTTP.CLOSE: _CUT,
    _HTTP.INTERNAL_ERROR: _CUT,
    _HTTP.GATEWAY_TIMEOUT: _SILENT,
    _HTTP.EMPTY_BODY: _SILENT,
    _HTTP.INVALID_JSON: _GARBLED,
    _HTTP.BAD_GATEWAY: _GARBLED,
    _HTTP.UNAVAILABLE: _GARBLED,
    _HTTP.TOO_MANY_REQUESTS: _GARBLED,
}
"""What happens to a message in place of an HTTP fault: not carried out, and carried out."""


def options_at(simulator: TwsSimulator, **changes: Any) -> dict[str, Any]:
    """The operator's settings."""
    usual = {
        "ib_host": simulator.host,
        "ib_port": simulator.port,
        "ib_client_id": 1,
        "ib_account": "",
        "ib_market_data_type": 1,
    }
    return {**usual, **changes}


def gateways_at(
    simulator: TwsSimulator, clock: Clock, *, patience: Patience = USUAL, **changes: Any
) -> Gateways:
    """The connections of a process, with little patience; nothing is open yet."""
    gateways = Gateways(clock, QUICK)
    options = options_at(simulator, **changes)
    gateways.of(SPEC.id, lambda: IbkrLine(options, clock, patience))
    return gateways


def line_of(gateways: Gateways) -> IbkrLine:
    """The one that `gateways_at` made."""
    return gateways.of(SPEC.id, _never).wire


def _never() -> IbkrLine:
    raise AssertionError("the line is there")


def context_at(gateways: Gateways, clock: Clock, **parts: Any) -> BrokerContext:
    """Surroundings of an adapter."""
    return replace(surroundings(clock), **{"gateways": gateways, **parts})


def adapter_in(context: BrokerContext) -> IbkrAdapter:
    """Not connected yet."""
    return IbkrAdapter(context, IbkrCredentials())


def request_of(**terms: Any) -> OrderRequest:
    """Ten AAPL at the market, or whatever is said instead."""
    usual = {"instrument": APPLE, "side": Side.BUY, "quantity": Decimal(10)}
    return OrderRequest(**{**usual, **terms})


def resting_request(price: str = "150", **terms: Any) -> OrderRequest:
    """Ten AAPL far below the market."""
    return request_of(type=OrderType.LIMIT, limit_price=Decimal(price), **terms)


def order_of(request: OrderRequest, account: str = ACCOUNT) -> Order:
    """`request` about to be sent, at noon."""
    order = sending(request, account_id=AccountId(account), broker="ibkr")
    return replace(order, created_at=NOON, sent_at=NOON)


async def read_back(adapter: IbkrAdapter, order: Order) -> Receipt:
    """An order that must be there."""
    found = await adapter.find_order(order)
    assert isinstance(found, Found), found
    return found.receipt


class Lifting:
    """What `AtSimulator.fail` gives back, for a trouble at TWS."""

    def __init__(self, trouble: Trouble) -> None:
        self._trouble = trouble

    def lift(self) -> None:
        """From now on it meets nothing."""
        self._trouble.release()


class AtTws(AtSimulator):
    """A TWS's bad side: an HTTP server's troubles become those that a socket can have."""

    def __init__(self, simulator: TwsSimulator) -> None:
        """Everything works."""
        self._simulator: Any = simulator
        self._reachable = True
        self._troubles: list[Trouble] = []

    @property
    def orders_received(self) -> int:
        """See the contract."""
        return self._simulator.orders_received

    def received(self, kind: str) -> int:
        """How many requests that place, cancel or modify came."""
        counts = {
            "place": self._simulator.orders_received,
            "cancel": self._simulator.cancels_received,
            "modify": self._simulator.changes_received,
        }
        return counts[kind]

    def fail(self, kind: str, fault: serving.Fault, *, carried_out: bool) -> Any:
        """See `AtSimulator`."""
        return Lifting(self.trouble(kind, SOCKETS[fault][carried_out]))

    def trouble(self, kind: str, fault: Fault) -> Trouble:
        """One request of that kind goes wrong."""
        names = {"place": "order", "cancel": "cancel", "modify": "change"}
        trouble = self._simulator.fail(names[kind], fault)
        self._troubles.append(trouble)
        return trouble

    def accept_and_stay_silent(self) -> None:
        """See the contract: the connection is cut once the order is in the book."""
        self.trouble("place", Fault.DROP_AFTER)

    def refuse_orders(self) -> None:
        """See the contract."""
        self._simulator.reject(201, "Order rejected - reason: Not today.")

    def be_unreachable(self) -> None:
        """See the contract."""
        self._reachable = False
        self._simulator.be_unreachable()

    def work(self) -> None:
        """See the contract."""
        for trouble in self._troubles:
            trouble.release()
        if not self._reachable:
            self._reachable = True
            self._simulator.be_reachable()
