"""What a test lets go wrong that is Coinbase's own; the rest is in `tests.simulators.serving`."""

import json
import ssl
from typing import Any

from tests.simulators import serving
from tests.simulators.coinbase.gate import Gate
from tests.simulators.coinbase.keys import Key
from tests.simulators.coinbase.refusals import Refusal
from tests.simulators.coinbase.rejections import INSUFFICIENT_FUND, EditRejected, Rejected
from tests.simulators.serving import Answer, Simulator, Trouble, json_answer


class Refused(serving.Refusal):
    """A refusal inside a 200."""

    def __init__(self, body: dict[str, Any]) -> None:
        """`body` is the whole answer."""
        super().__init__(json.dumps(body))
        self._body = body

    def answer(self) -> Answer:
        """See `serving.Refusal.answer`."""
        return json_answer(self._body)


class Sabotage(Simulator[Key]):
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
        error: str = "INVALID_ARGUMENT",
        message: str = "account is not available",
        times: int | None = None,
        carried_out: bool = False,
    ) -> Trouble:
        """Refuses with a status and Coinbase's JSON.

        Args:
            carried_out: Whether the request is carried out in spite of that answer.
        """
        refusal = Refusal(status, error, message)
        return self.refuse_with(on, refusal, times=times, carried_out=carried_out)

    def refuse_orders(
        self,
        reason: str = INSUFFICIENT_FUND,
        message: str | None = None,
        *,
        times: int | None = None,
    ) -> Trouble:
        """Refuses orders inside a 200, with success false; nothing is placed.

        Args:
            reason: Of the reference: PREVIEW_ and something, or a new_order_failure_reason.
        """
        rejected = Rejected(reason, message)
        body = {"success": False, "error_response": rejected.error_response()}
        return self.refuse_with("place", Refused(body), times=times)

    def refuse_edits(self, reason: str, *, times: int | None = None) -> Trouble:
        """Likewise edits."""
        body = {"success": False, "errors": EditRejected(reason).errors()}
        return self.refuse_with("modify", Refused(body), times=times)

    def limit_rate(self, requests_a_second: int, *, with_page: bool = False) -> None:
        """Answers 429 from there on; without this the limit of 30 is only told in headers.

        Args:
            with_page: An HTML page in the place of the documented JSON.
        """
        self._gate.rate_limit = requests_a_second
        self._gate.enforces_rate_limit = True
        self._gate.limits_with_page = with_page
