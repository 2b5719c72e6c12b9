"""Every request: remembered, proved, carried out, and answered or not."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Generic

from aiohttp import web

from tests.simulators.serving.asking import (
    Answer,
    Ask,
    P,
    Refusal,
    Route,
    find_route,
    html,
    json_answer,
)
from tests.simulators.serving.faults import Fault, Trouble
from tests.simulators.serving.misbehaving import misbehave, pause, respond
from tests.simulators.serving.streaming import Stream


@dataclass(frozen=True, slots=True)
class Received:
    """One request that reached the server.

    Attributes:
        path: Decoded, without its query.
        person: The name of whoever's key or token it carried, right or wrong secret; else None.
        raw_query: As it came.
        kinds: What the simulator says it is: "place", "cancel", "modify", "read", "data", "any".
    """

    method: str
    path: str
    person: str | None
    body: bytes
    raw_query: str
    kinds: frozenset[str]


class Gate(ABC, Generic[P]):
    """Between the sockets and the answers; a simulator says what is its broker's own.

    Attributes:
        received: Everything that arrived whole, in order.
        troubles: The faults that are on; the oldest that fits is taken.
        crashes: Errors of the simulator itself.
        closing: Set when the simulator ends.
        streams: By path, who serves websockets there.
    """

    def __init__(self, routes: Sequence[Route[P]]) -> None:
        """The first route that fits is taken."""
        self.received: list[Received] = []
        self.troubles: list[Trouble] = []
        self.crashes: list[Exception] = []
        self.closing = asyncio.Event()
        self.streams: dict[str, Stream] = {}
        self._routes = routes

    # What a simulator gives

    @abstractmethod
    def kinds(self, ask: Ask[P]) -> frozenset[str]:
        """What the request is: "any" always, and of `KINDS` all that fit. Never fails."""

    @abstractmethod
    def claimed(self, ask: Ask[P]) -> P | None:
        """Whose key or token it carries; nothing is proved by that. Never fails."""

    @abstractmethod
    def admit(self, ask: Ask[P], route: Route[P]) -> P | None:
        """Whoever proves to send it; here limits are counted too. None where none is asked.

        Raises:
            Refusal: It proves nothing, may not do this, or comes too often.
        """

    @abstractmethod
    def no_route(self, ask: Ask[P]) -> Refusal:
        """The answer where no route fits."""

    @abstractmethod
    def too_many(self, ask: Ask[P]) -> Refusal:
        """The answer of `Fault.TOO_MANY_REQUESTS`."""

    def headers(self, ask: Ask[P]) -> Mapping[str, str]:
        """Stand in every answer, refusals too, unless the answer has its own."""
        del ask
        return {}

    # What it gets

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answers one request, or does not."""
        stream = self.streams.get(request.path)
        if stream is not None and request.headers.get("Upgrade", "").lower() == "websocket":
            return await stream.serve(request)
        ask: Ask[P] = Ask(
            method=request.method,
            path=request.rel_url.path,
            raw_path=request.rel_url.raw_path,
            raw_query=request.raw_path.partition("?")[2],
            query=dict(request.rel_url.query),
            body=await request.read(),
            headers=request.headers,
        )
        kinds = self.kinds(ask)
        self.received.append(self._remembered(ask, kinds))
        trouble = next((one for one in self.troubles if one.meets(kinds, ask.path)), None)
        if trouble is None:
            return respond(self._answer(ask))
        trouble.take()
        if trouble.fault is Fault.FAR:
            await pause(trouble.delay, self.closing)
        answer = self._under_trouble(ask, trouble)
        trouble.reached.set()
        if trouble.refusal is not None or trouble.fault is Fault.TOO_MANY_REQUESTS:
            return respond(answer)
        return await misbehave(request, answer, trouble, self.closing)

    def _remembered(self, ask: Ask[P], kinds: frozenset[str]) -> Received:
        claimed = self.claimed(ask)
        name = claimed.name if claimed else None
        return Received(ask.method, ask.path, name, ask.body, ask.raw_query, kinds)

    def _under_trouble(self, ask: Ask[P], trouble: Trouble) -> Answer:
        # Not carried out: what a proxy says that gave up before it passed the request on.
        answer = self._answer(ask) if trouble.carried_out else html(504, "Gateway Time-out")
        refusal = trouble.refusal
        if trouble.fault is Fault.TOO_MANY_REQUESTS:
            refusal = self.too_many(ask)
        return answer if refusal is None else self._headed(ask, refusal.answer())

    def _answer(self, ask: Ask[P]) -> Answer:
        try:
            answer = self._carry_out(ask)
        except Refusal as refusal:
            answer = refusal.answer()
        except Exception as error:  # noqa: BLE001 - told by the simulator when it ends
            self.crashes.append(error)
            answer = json_answer({"message": "the simulator failed"}, 500)
        return self._headed(ask, answer)

    def _carry_out(self, ask: Ask[P]) -> Answer:
        found = find_route(self._routes, ask.method, ask.raw_path)
        if found is None:
            raise self.no_route(ask)
        route, parts = found
        ask = replace(ask, parts=parts)
        return route.handler(replace(ask, person=self.admit(ask, route)))

    def _headed(self, ask: Ask[P], answer: Answer) -> Answer:
        return replace(answer, headers={**self.headers(ask), **answer.headers})
