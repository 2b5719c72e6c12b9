"""What a test lets go wrong that is Alpaca's own; the rest is in `tests.simulators.serving`."""

import ssl

from tests.simulators.alpaca.gate import Gate
from tests.simulators.alpaca.people import Person
from tests.simulators.alpaca.refusals import Refusal
from tests.simulators.serving import Simulator, Trouble


class Sabotage(Simulator[Person]):
    """The bad side of the simulator, and its memory; the closing of positions places orders."""

    def __init__(self, gate: Gate, *, ssl_context: ssl.SSLContext | None = None) -> None:
        """Over everything that comes in."""
        super().__init__(gate, ssl_context=ssl_context)
        self._gate: Gate = gate

    def refuse(
        self,
        on: str,
        *,
        status: int = 403,
        code: int | None = 40310000,
        message: str = "insufficient buying power",
        times: int | None = None,
    ) -> Trouble:
        """Refuses in so many words, in Alpaca's JSON; nothing is carried out."""
        return self.refuse_with(on, Refusal(status, code, message), times=times)

    def limit_rate(self, requests_a_minute: int) -> None:
        """Answers 429 from there on; without this the limit of 200 is only told in headers."""
        self._gate.rate_limit = requests_a_minute
        self._gate.enforces_rate_limit = True

    def used_elsewhere(self, person: Person, requests: int) -> None:
        """Another program of that person's asked so often in this minute."""
        self._gate.count(person, requests)
