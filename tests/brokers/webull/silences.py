"""Ways in which no readable answer comes."""

import asyncio
from collections.abc import Awaitable

import pytest

from tests.simulators.webull import Fault, WebullSimulator

NO_ANSWER = [
    Fault.INTERNAL_ERROR,
    Fault.BAD_GATEWAY,
    Fault.UNAVAILABLE,
    Fault.GATEWAY_TIMEOUT,
    Fault.TOO_MANY_REQUESTS,
    Fault.RESET,
    Fault.CLOSE,
    Fault.INVALID_JSON,
    Fault.TRUNCATED,
    Fault.LIST,
    Fault.EMPTY_OBJECT,
    Fault.EMPTY_BODY,
]

every_silence = pytest.mark.parametrize("fault", NO_ANSWER, ids=lambda fault: fault.name)
whether_carried_out = pytest.mark.parametrize("carried_out", [True, False])


async def ended_early(request: Awaitable[object], simulator: WebullSimulator, kind: str) -> None:
    """Ends the wait once the request has reached the simulator, as a deadline does."""
    trouble = simulator.fail(kind, Fault.HANG)
    waiting = asyncio.ensure_future(request)
    await trouble.reached.wait()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    trouble.release()
