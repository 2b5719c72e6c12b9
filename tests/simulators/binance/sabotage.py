"""What a test lets go wrong that is Binance's own; the rest is in `tests.simulators.serving`."""

import ssl

from tests.simulators.binance.gate import Gate
from tests.simulators.binance.limits import DAY, TEN_SECONDS
from tests.simulators.binance.people import Person
from tests.simulators.binance.refusals import Page, Refusal, timed_out
from tests.simulators.serving import Simulator, Trouble


class Sabotage(Simulator[Person]):
    """The bad side of the simulator, and its memory."""

    def __init__(self, gate: Gate, *, ssl_context: ssl.SSLContext | None = None) -> None:
        """Over everything that comes in."""
        super().__init__(gate, ssl_context=ssl_context)
        self._gate: Gate = gate

    def refuse(
        self,
        on: str,
        *,
        status: int = 400,
        code: int = -2010,
        message: str = "Account has insufficient balance for requested action.",
        times: int | None = None,
        carried_out: bool = False,
    ) -> Trouble:
        """Refuses in so many words, in Binance's JSON."""
        refusal = Refusal(code, message, status=status)
        return self.refuse_with(on, refusal, times=times, carried_out=carried_out)

    def time_out(self, on: str, *, times: int | None = None, carried_out: bool = True) -> Trouble:
        """Answers -1007: "Send status unknown; execution status unknown."."""
        return self.refuse_with(on, timed_out(), times=times, carried_out=carried_out)

    def block(self, on: str = "any", *, times: int | None = None) -> Trouble:
        """Answers 403 with a page, as the firewall does; nothing is carried out."""
        return self.refuse_with(on, Page(403, "Forbidden"), times=times)

    def restrict_region(self, *, restricted: bool = True) -> None:
        """Answers 451 to everything from now on, or no longer."""
        self._gate.region_allowed = not restricted

    def limit_weight(self, weight_a_minute: int) -> None:
        """Answers 429 from there on, and 418 to who does not stop; without this it only counts."""
        self._gate.limits.weight = weight_a_minute
        self._gate.limits.enforced = True

    def limit_orders(self, *, ten_seconds: int = 100, day: int = 200_000) -> None:
        """Refuses more unfilled orders with -1015."""
        self._gate.limits.orders = {TEN_SECONDS: ten_seconds, DAY: day}
        self._gate.limits.enforced = True

    def ban(self) -> None:
        """Answers 418 to everything for two minutes."""
        self._gate.limits.ban()
