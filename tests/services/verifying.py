"""The scripted exchange on a bench: verified with a clock that moves with every pause."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Final

from floorbroker.brokers.registry import get_broker
from floorbroker.brokers.spec import BrokerSpec
from floorbroker.domain.error_codes import ErrorCode
from floorbroker.domain.modes import Environment
from floorbroker.domain.order import Order
from floorbroker.domain.people import Link
from floorbroker.services.verification import Plan, Verification, verified
from floorbroker.services.verification_steps import (
    ABOUT_THE_ORDER,
    Listener,
    Pace,
    Step,
    StepName,
    StepResult,
)
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import Venue
from tests.floor import EXCHANGE, House

BRIEF: Final = 0.05
"""Seconds that are really waited where something hangs."""

OK, FAILED, SKIPPED = StepResult.OK, StepResult.FAILED, StepResult.SKIPPED


@dataclass
class Heard(Listener):
    """Keeps what it is told; `placed` is what the venue had got when the id was told."""

    venue: Venue
    placed: int | None = None
    sent: list[Order] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    def step(self, step: Step) -> None:
        self.steps.append(step)

    def sends(self, order: Order) -> None:
        self.sent.append(order)
        self.placed = self.venue.count("place_order")

    def leaves(self, sentence: str, order: Order) -> None:
        self.left.append(sentence)


class Bench:
    """Verifies the scripted exchange, on a clock that moves with every pause."""

    def __init__(self, house: House, venue: Venue, clock: ManualClock) -> None:
        self.house, self.venue, self.clock = house, venue, clock
        self.heard = Heard(venue)
        self.spec: BrokerSpec = get_broker(EXCHANGE)
        self.pace = Pace(patience_seconds=3)
        self.on_pause: Callable[[], None] = lambda: None
        self.pauses = 0

    async def verify(
        self, *, environment: Environment = Environment.PAPER, **plan: Any
    ) -> Verification:
        link = await self.house.link(environment=environment)
        return await self.verify_link(link, **plan)

    async def verify_link(self, link: Link, **plan: Any) -> Verification:
        pace = replace(self.pace, sleep=self.pause)
        async with self.house.sessions.apart(link) as adapter:
            return await verified(
                adapter,
                self.spec,
                link,
                clock=self.clock,
                plan=Plan(**plan),
                metrics=self.house.metrics,
                listener=self.heard,
                pace=pace,
            )

    async def pause(self, seconds: float) -> None:
        self.pauses += 1
        self.clock.advance(seconds)
        self.on_pause()
        await asyncio.sleep(0)

    @property
    def order_id(self) -> str:
        (order,) = self.heard.sent
        return order.order_id


def results(done: Verification) -> dict[StepName, StepResult]:
    return {step.name: step.result for step in done.steps}


def codes(done: Verification) -> dict[StepName, ErrorCode]:
    return {step.name: step.code for step in done.steps if step.code is not None}


def of_the_order(done: Verification) -> tuple[StepResult, ...]:
    """Place, find, cancel, read back, nothing left."""
    return tuple(results(done)[name] for name in ABOUT_THE_ORDER)
