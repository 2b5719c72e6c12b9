"""What a test lets go wrong that is Schwab's own; the rest is in `tests.simulators.serving`."""

import ssl

from tests.simulators import serving
from tests.simulators.schwab.faults import OPERATIONS
from tests.simulators.schwab.gate import Gate
from tests.simulators.schwab.refusals import Refusal
from tests.simulators.schwab.tokens import Grant
from tests.simulators.serving import Fault, Simulator, Trouble


class Sabotage(Simulator[Grant]):
    """The bad side of the simulator, and its memory; `on` may be one of `faults.OPERATIONS`."""

    def __init__(self, gate: Gate, *, ssl_context: ssl.SSLContext | None = None) -> None:
        """Over everything that comes in."""
        super().__init__(gate, ssl_context=ssl_context)
        self._gate: Gate = gate

    def fail(
        self,
        on: str,
        fault: Fault,
        *,
        times: int | None = None,
        carried_out: bool = True,
        delay: float = 0.0,
    ) -> Trouble:
        """See `serving.Sabotage.fail`."""
        where = OPERATIONS.get(on, on)
        return super().fail(where, fault, times=times, carried_out=carried_out, delay=delay)

    def refuse_with(
        self,
        on: str,
        refusal: serving.Refusal,
        *,
        times: int | None = None,
        carried_out: bool = False,
    ) -> Trouble:
        """See `serving.Sabotage.refuse_with`."""
        where = OPERATIONS.get(on, on)
        return super().refuse_with(where, refusal, times=times, carried_out=carried_out)

    def refuse(
        self,
        on: str,
        *,
        status: int = 400,
        message: str = "No trades are currently allowed",
        errors: tuple[str, ...] = (),
        times: int | None = None,
        carried_out: bool = False,
    ) -> Trouble:
        """Refuses with a status and the Trader API's JSON.

        Args:
            carried_out: Whether the request is carried out in spite of that answer.
        """
        refusal = Refusal(status, message, *errors)
        return self.refuse_with(on, refusal, times=times, carried_out=carried_out)

    def limit_rate(self, *, writes: int | None = None, reads: int | None = None) -> None:
        """Answers 429 from there on, a minute: writes per account, reads per app; None: never."""
        self._gate.writes_a_minute = writes
        self._gate.reads_a_minute = reads

    @property
    def replacements_received(self) -> int:
        """Requests that replace an order."""
        return self.modifies_received

    @property
    def tokens_asked(self) -> int:
        """Requests to the token endpoint."""
        return sum(one.path == OPERATIONS["token"] for one in self.received)
