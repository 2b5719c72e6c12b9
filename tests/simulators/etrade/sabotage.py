"""What a test lets go wrong that is E*TRADE's own; the rest is in `tests.simulators.serving`."""

import re
import ssl

from tests.simulators.etrade.faults import CHANGE_PREVIEW, PREVIEW
from tests.simulators.etrade.gate import Gate
from tests.simulators.etrade.refusals import EtradeRefusal, unavailable
from tests.simulators.etrade.tokens import Caller
from tests.simulators.serving import Simulator, Trouble

_PREVIEWS = re.compile(rf"{PREVIEW}|{CHANGE_PREVIEW}")


class Sabotage(Simulator[Caller]):
    """The bad side of the simulator, and its memory."""

    def __init__(self, gate: Gate, *, ssl_context: ssl.SSLContext | None = None) -> None:
        """Over everything that comes in."""
        super().__init__(gate, ssl_context=ssl_context)
        self._gate: Gate = gate

    @property
    def previews_received(self) -> int:
        """Requests that preview an order or a change."""
        return sum(_PREVIEWS.fullmatch(one.path) is not None for one in self.received)

    def refuse(
        self,
        on: str,
        *,
        code: int | None = 100,
        message: str = "The requested service is not currently available.",
        status: int = 400,
        xml: bool = False,
        times: int | None = None,
        carried_out: bool = False,
    ) -> Trouble:
        """Refuses with E*TRADE's error.

        Args:
            code: None for an error without one, as OAuth's are.
            xml: As order requests were seen to be refused.
            carried_out: Whether the request is carried out in spite of that answer.
        """
        refusal = EtradeRefusal(code, message, status=status, xml=xml)
        return self.refuse_with(on, refusal, times=times, carried_out=carried_out)

    def be_unavailable(
        self, on: str = "read", *, times: int | None = None, carried_out: bool = False
    ) -> Trouble:
        """500 and code 100, which E*TRADE gives often, also for orders that it takes."""
        return self.refuse_with(on, unavailable(), times=times, carried_out=carried_out)

    def limit_rate(
        self,
        *,
        orders: int = 2,
        accounts: int = 2,
        market: int = 4,
        status: int = 400,
    ) -> None:
        """Refuses more requests a second, person and module than these.

        Args:
            status: Documented as 400 for v0; 429 is what everybody else does.
        """
        limits = self._gate.limits
        limits.on, limits.status = True, status
        limits.seconds = {"orders": orders, "accounts": accounts, "market": market}
