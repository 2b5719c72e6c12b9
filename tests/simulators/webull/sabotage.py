"""What a test lets go wrong that is Webull's own; the rest is in `tests.simulators.serving`."""

import ssl

from tests.simulators.serving import Simulator, Trouble
from tests.simulators.webull.apps import Caller
from tests.simulators.webull.gate import Gate
from tests.simulators.webull.refusals import WRONG, Refusal


class Sabotage(Simulator[Caller]):
    """The bad side of the simulator, and its memory."""

    def __init__(self, gate: Gate, *, ssl_context: ssl.SSLContext | None = None) -> None:
        """Over everything that comes in."""
        super().__init__(gate, ssl_context=ssl_context)
        self._gate: Gate = gate

    def refuse(
        self,
        on: str,
        code: str = "OPENAPI_SYSTEM_ERROR",
        message: str = "System error",
        *,
        status: int = WRONG,
        times: int | None = None,
        carried_out: bool = False,
    ) -> Trouble:
        """Refuses with a status and Webull's JSON.

        Args:
            carried_out: Whether the request is carried out in spite of that answer.
        """
        refusal = Refusal(code, message, status=status)
        return self.refuse_with(on, refusal, times=times, carried_out=carried_out)

    def limit_rate(self, path: str | None = None, requests: int = 1, seconds: float = 1.0) -> None:
        """Answers 429 from there on: by the documented limits, and by this one for a path."""
        self._gate.limits.enforced = True
        if path is not None:
            self._gate.limits.own[path] = (requests, seconds)
