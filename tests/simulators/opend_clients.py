"""The SDK's own contexts at the simulator, closed when a test ends.

The SDK blocks, so each of its calls runs in a thread: `await world.ask(context.get_acc_list)`.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from tests.simulators.opend import LIVE_ID, PAPER_ID, OpenDSimulator, sdk

OK: Final = 0
"""`moomoo.RET_OK`."""
_SETTLED: Final = frozenset({"READY", "CLOSED"})
SOON: Final = 10.0
"""Seconds within which everything that a test waits for has to come."""


class Watch:
    """A clock that stands on a Wednesday noon in New York until it is moved."""

    def __init__(self) -> None:
        """2026-11-18 17:00 UTC."""
        self.at = datetime(2026, 11, 18, 17, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def advance(self, **delta: float) -> None:
        """By a timedelta's arguments."""
        self.at += timedelta(**delta)


class SdkError(Exception):
    """What the SDK gives back with a code other than RET_OK."""


class World:
    """A simulator and contexts of the SDK.

    Attributes:
        sdk: The module `moomoo`.
    """

    def __init__(self, sim: OpenDSimulator, watch: Watch) -> None:
        """Without a context yet."""
        self.sim = sim
        self.watch = watch
        self.sdk: Any = sdk()
        self._contexts: list[Any] = []
        self._before = {one for one in threading.enumerate() if _is_theirs(one)}

    async def trade(self, **changed: Any) -> Any:
        """An `OpenSecTradeContext` for the US market."""
        fields = {"filter_trdmarket": "US", "security_firm": "FUTUINC", **changed}
        return await self.make(self.sdk.OpenSecTradeContext, **fields)

    async def quotes(self, **changed: Any) -> Any:
        """An `OpenQuoteContext`."""
        return await self.make(self.sdk.OpenQuoteContext, **changed)

    async def ask(self, call: Callable[..., Any], *args: Any, **fields: Any) -> Any:
        """What an SDK call gives.

        Raises:
            SdkError: It says that it failed.
        """
        answer = await self.try_(call, *args, **fields)
        if answer[0] != OK:
            raise SdkError(answer[1])
        return answer[1]

    async def try_(self, call: Callable[..., Any], *args: Any, **fields: Any) -> Any:
        """The SDK's pair of code and data, within a bounded time."""
        async with asyncio.timeout(SOON):
            return await asyncio.to_thread(call, *args, **fields)

    async def refused(self, call: Callable[..., Any], *args: Any, **fields: Any) -> str:
        """The words of a call that has to fail."""
        code, text = await self.try_(call, *args, **fields)
        assert code != OK, text
        return str(text)

    async def place(self, context: Any, *, paper: bool = True, **changed: Any) -> str:
        """Places an order, by default one share of AAPL far below the market; its number.

        Raises:
            SdkError: It was refused.
        """
        return str(
            (await self.ask(context.place_order, **order(paper=paper, **changed)))["order_id"][0]
        )

    async def gone(self, context: Any) -> None:
        """Waits until a context has noticed that its connection is."""
        await self.until(lambda: context.status != "READY")

    async def listening(self) -> None:
        """Waits for the request for pushes, which the SDK sends without waiting for its answer."""
        await self.until(lambda: "Trd_SubAccPush" in self.sim.names())

    async def heard(self, here: list[Any], count: int = 1) -> list[Any]:
        """What a handler has heard, as soon as there are so many."""
        await self.until(lambda: len(here) >= count)
        return here

    async def until(self, holds: Callable[[], bool]) -> None:
        """Waits for what another thread does."""
        async with asyncio.timeout(SOON):
            while not holds():  # noqa: ASYNC110 - nothing of the SDK's sets an event of this loop
                await asyncio.sleep(0.005)

    async def close(self) -> None:
        """Every context, and waits until the threads that they started are gone.

        One that is just reconnecting would leave a thread that waits for ever, so that comes first.
        """
        await self.until(lambda: all(one.status in _SETTLED for one in self._contexts))
        for context in self._contexts:
            await asyncio.to_thread(context.close)
        await self.until(lambda: not self.threads())
        await self.until(lambda: not self.sim.connections)

    def threads(self) -> set[threading.Thread]:
        """Of the SDK's, those that a context has started since this began."""
        return {one for one in threading.enumerate() if _is_theirs(one)} - self._before

    async def make(self, kind: Callable[..., Any], **fields: Any) -> Any:
        """A context of any kind, closed in the end."""
        where = {"host": self.sim.host, "port": self.sim.port}
        context = (await self.try_(lambda: (OK, kind(**{**where, **fields}))))[1]
        self._contexts.append(context)
        return context


def _is_theirs(thread: threading.Thread) -> bool:
    return thread.name.endswith("(run)") or isinstance(thread, threading.Timer)


def hurry(context: Any, *, silence: float = 0.1) -> Any:
    """Lets a context reconnect at once instead of after 6 s, and give up an answer after `silence`
    (and at its next tick, one a second) instead of after 12 s."""
    wait = context._wait_reconnect
    context._wait_reconnect = lambda _=0: wait(0.01)
    context._query_timeout = silence
    return context


def once(kind: Any) -> Any:
    """A kind of context that connects when it is made, or never, and does not reconnect.

    The SDK's `close` does nothing for one that never connected, whose callback thread would stay.
    """

    def close(self: Any, **fields: Any) -> None:
        kind.close(self, **fields)
        self._close_callback_executor()

    never = property(lambda _: False, lambda _, value: None)
    return type(f"Once{kind.__name__}", (kind,), {"_auto_reconnect": never, "close": close})


def order(*, paper: bool = True, **changed: Any) -> dict[str, Any]:
    """The arguments of `place_order`."""
    return {
        "price": 150.0,
        "qty": 1,
        "code": "US.AAPL",
        "trd_side": "BUY",
        **account(paper=paper),
        **changed,
    }


def account(*, paper: bool = True) -> dict[str, Any]:
    """Which of the two accounts."""
    if paper:
        return {"trd_env": "SIMULATE", "acc_id": PAPER_ID}
    return {"trd_env": "REAL", "acc_id": LIVE_ID}


def listener(base: Any, also: Callable[[], object] = lambda: None) -> tuple[Any, list[Any]]:
    """A handler of the SDK's kind that then calls `also`, and the list where it puts what comes."""
    heard: list[Any] = []

    class Listener(base):  # type: ignore[misc] # the SDK has no types
        """Keeps what comes."""

        def on_recv_rsp(self, rsp_pb: Any) -> Any:
            """In the context's own thread."""
            answer = super().on_recv_rsp(rsp_pb)
            heard.append(answer[1])
            also()
            return answer

    return Listener(), heard


@asynccontextmanager
async def opened(**fields: Any) -> AsyncIterator[World]:
    """A simulator on a standing clock with prices for AAPL."""
    watch = Watch()
    await asyncio.to_thread(sdk)
    sdk().SysConfig.set_all_thread_daemon(True)
    async with OpenDSimulator(now=watch, **fields) as sim:
        sim.set_price("US.AAPL", bid="189.90", ask="190.00")
        world = World(sim, watch)
        try:
            yield world
        finally:
            await world.close()
