"""The steps of a verification: each is timed, written down once, and told as it ends."""

import asyncio
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, TypeVar

import structlog

from floorbroker.domain.clock import Clock
from floorbroker.domain.error_codes import ErrorCode
from floorbroker.domain.errors import BrokerError, BrokerTimeout, FloorbrokerError, OrderRejected
from floorbroker.domain.order import Order

_T = TypeVar("_T")
_log = structlog.get_logger(__name__)


class StepName(StrEnum):
    """What is looked at, in the order in which it happens."""

    CONNECT = "connect"
    ACCOUNTS = "accounts"
    BALANCES = "balances"
    POSITIONS = "positions"
    OPEN_ORDERS = "open orders"
    INSTRUMENT = "instrument"
    RULES = "instrument rules"
    MARKET_HOURS = "market hours"
    QUOTE = "quote"
    PLACE = "place"
    FIND = "find by our id"
    CANCEL = "cancel"
    READ_BACK = "read back"
    NOTHING_LEFT = "nothing left"


ABOUT_THE_ORDER: Final = (
    StepName.PLACE,
    StepName.FIND,
    StepName.CANCEL,
    StepName.READ_BACK,
    StepName.NOTHING_LEFT,
)


class StepResult(StrEnum):
    """How a step ended."""

    OK = "ok"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step, done or left out.

    Attributes:
        seconds: How long it took.
        code: Of the error; None unless it failed.
        note: Our own words, free of anything personal: fit to be published.
        said: The error's own sentence. It may quote the broker, so it is for the person only.
    """

    name: StepName
    result: StepResult
    seconds: float = 0.0
    code: ErrorCode | None = None
    note: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How long is waited for what.

    Attributes:
        read_seconds: For one answer to a read; a watched adapter is done sooner.
        order_seconds: For the answer to the one place, and to the one cancel.
        look_every_seconds: Between two looks at the order.
        patience_seconds: How long is looked for what should come soon.
        sleep: Another one where time does not pass by itself.
    """

    read_seconds: float = 20.0
    order_seconds: float = 5.0
    look_every_seconds: float = 1.0
    patience_seconds: float = 30.0
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep


class Listener:
    """Hears what happens while it happens; this one does nothing with it."""

    def step(self, step: Step) -> None:
        """A step ended."""

    def sends(self, order: Order) -> None:
        """The order is about to be sent: its id must leave a trace before that."""

    def leaves(self, sentence: str, order: Order) -> None:
        """Something may be left at the broker."""


class StepFailed(Exception):
    """A step failed, and that is written down."""


class NotProven(Exception):
    """The broker answered, and not as it should; the message is fit to be published."""


class LeftOut(Exception):
    """A step that is not needed; the message says why."""


class Steps:
    """Does steps and keeps how each ended."""

    def __init__(self, clock: Clock, pace: Pace, listener: Listener) -> None:
        """None is done yet."""
        self._clock = clock
        self._pace = pace
        self._listener = listener
        self._done: dict[StepName, Step] = {}

    @property
    def failed(self) -> bool:
        """Whether any of them did."""
        return any(step.result is StepResult.FAILED for step in self._done.values())

    def all(self) -> tuple[Step, ...]:
        """Every step in order, those that never came included."""
        missing = {name: Step(name=name, result=StepResult.SKIPPED) for name in StepName}
        return tuple((missing | self._done).values())

    def leave_out(self, names: tuple[StepName, ...], why: str) -> None:
        """Writes down why steps were not done; those that were done stay as they are."""
        for name in names:
            if name not in self._done:
                self._keep(Step(name=name, result=StepResult.SKIPPED, note=why))

    async def read(
        self,
        name: StepName,
        ask: Callable[[], Awaitable[_T]],
        note: Callable[[_T], str] = lambda _: "",
    ) -> _T:
        """A step that asks the broker for something, once.

        Raises:
            StepFailed: It does not know or does not answer.
        """

        async def within() -> _T:
            try:
                async with asyncio.timeout(self._pace.read_seconds):
                    return await ask()
            except TimeoutError as error:
                raise BrokerTimeout from error

        return await self.do(name, within, note)

    async def do(
        self,
        name: StepName,
        work: Callable[[], Awaitable[_T]],
        note: Callable[[_T], str] = lambda _: "",
    ) -> _T:
        """A step that looks after its own deadline.

        Raises:
            StepFailed: It raised anything at all.
        """
        begun = self._clock.now()
        try:
            done = await work()
            words = note(done)
        except LeftOut as why:
            self._ended(name, begun, StepResult.SKIPPED, note=str(why))
            raise StepFailed from None
        except NotProven as why:
            code = ErrorCode.OUTCOME_UNKNOWN
            self._ended(name, begun, StepResult.FAILED, code=code, note=str(why))
            raise StepFailed from None
        except FloorbrokerError as error:
            code = error.reason if isinstance(error, OrderRejected) else error.code
            self._ended(name, begun, StepResult.FAILED, code=code, said=error.message)
            raise StepFailed from None
        except Exception as error:  # noqa: BLE001  # a defect of an adapter is a finding too
            _log.exception("verification_step_broke", step=name, error=type(error).__name__)
            kind, code = type(error).__name__, ErrorCode.UNKNOWN
            self._ended(name, begun, StepResult.FAILED, code=code, note=kind)
            raise StepFailed from None
        self._ended(name, begun, StepResult.OK, note=words)
        return done

    async def until(
        self,
        ask: Callable[[], Awaitable[_T]],
        enough: Callable[[_T], bool],
        *,
        seconds: float | None = None,
    ) -> _T:
        """Asks again and again until the answer is enough: that one, else the last of all.

        A look that fails is no answer; the next one may be.

        Raises:
            BrokerError: Not one look was answered.
        """
        patience = self._pace.patience_seconds if seconds is None else seconds
        end = self._clock.now() + timedelta(seconds=patience)
        answers: list[_T] = []
        failure: BrokerError = BrokerTimeout()
        # Counted as well: a clock that stands still must not make it endless.
        for look in range(1 + math.ceil(patience / self._pace.look_every_seconds)):
            if look and self._clock.now() >= end:
                break
            if look:
                await self._pace.sleep(self._pace.look_every_seconds)
            try:
                async with asyncio.timeout(self._pace.read_seconds):
                    answers = [await ask()]
            except TimeoutError:
                failure = BrokerTimeout()
                continue
            except BrokerError as error:
                failure = error
                continue
            if enough(answers[-1]):
                return answers[-1]
        if not answers:
            raise failure
        return answers[-1]

    def _ended(  # what a step holds
        self,
        name: StepName,
        begun: datetime,
        result: StepResult,
        *,
        code: ErrorCode | None = None,
        note: str = "",
        said: str = "",
    ) -> None:
        # The clock can be set back meanwhile.
        seconds = max((self._clock.now() - begun).total_seconds(), 0.0)
        self._keep(Step(name=name, result=result, seconds=seconds, code=code, note=note, said=said))

    def _keep(self, step: Step) -> None:
        self._done[step.name] = step
        self._listener.step(step)
