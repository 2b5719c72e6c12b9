"""Answers that a test makes up: the simulator gives them in the place of its own."""

from tests.simulators.serving import Answer, Refusal, json_answer


class Told(Refusal):
    """Bodies of one answer after another; the last one stays."""

    def __init__(self, *bodies: object, status: int = 200) -> None:
        """JSON, with a status."""
        super().__init__("told")
        self._bodies = list(bodies)
        self._status = status

    def answer(self) -> Answer:
        """See `serving.Refusal`."""
        body = self._bodies.pop(0) if len(self._bodies) > 1 else self._bodies[0]
        return json_answer(body, self._status)
