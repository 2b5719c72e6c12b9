"""What the brokers' simulators have in common: one loopback server that can misbehave.

A simulator brings its routes (`Route`), a `Gate` that says what its requests are, who sends them
and what stands in every header, a `Refusal` of its own that knows its answer, and its broker.

```python
class KrakenRefusal(Refusal):
    def __init__(self, *words: str) -> None:
        super().__init__(", ".join(words))
        self.words = words

    def answer(self) -> Answer:
        return json_answer({"error": list(self.words)})


class KrakenGate(Gate[Person]):
    def kinds(self, ask: Ask[Person]) -> frozenset[str]: ...    # {"any", "place"}, …
    def claimed(self, ask: Ask[Person]) -> Person | None: ...   # whose key it carries
    def admit(self, ask: Ask[Person], route: Route[Person]) -> Person | None: ...  # or raises
    def no_route(self, ask: Ask[Person]) -> Refusal: ...
    def too_many(self, ask: Ask[Person]) -> Refusal: ...


class KrakenSimulator(Simulator[Person]):
    def __init__(self) -> None:
        super().__init__(KrakenGate(routes))


async with KrakenSimulator() as sim:
    sim.fail("place", Fault.CLOSE)
    ...
    assert sim.orders_received == 1
```
"""

from tests.simulators.serving.asking import (
    JSON,
    Answer,
    Ask,
    Handler,
    Named,
    Refusal,
    Route,
    html,
    json_answer,
)
from tests.simulators.serving.faults import Fault, Trouble
from tests.simulators.serving.gate import Gate, Received
from tests.simulators.serving.sabotage import Sabotage
from tests.simulators.serving.simulator import Simulator
from tests.simulators.serving.streaming import Stream, Visitor

__all__ = [
    "JSON",
    "Answer",
    "Ask",
    "Fault",
    "Gate",
    "Handler",
    "Named",
    "Received",
    "Refusal",
    "Route",
    "Sabotage",
    "Simulator",
    "Stream",
    "Trouble",
    "Visitor",
    "html",
    "json_answer",
]
