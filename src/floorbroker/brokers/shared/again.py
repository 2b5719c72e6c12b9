"""A question to a broker that is asked again where that helps; what succeeds at once pays nothing.

Never for a request that places, cancels or changes an order.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final, TypeVar

import stamina

from floorbroker.domain.errors import (
    ApiError,
    BrokerConnectionError,
    BrokerTimeout,
    RateLimited,
)

TRIES: Final = 3
LONGEST_PAUSE: Final = timedelta(seconds=4)

_T = TypeVar("_T")


async def asked(call: Callable[[], Awaitable[_T]], tries: int) -> _T:
    """What `call` returns, at most so many times tried; its last error."""
    try:
        return await call()
    except Exception as error:
        if tries == 1 or _worth_repeating(error) is False:
            raise
        return await _again(call, error, tries)


async def _again(call: Callable[[], Awaitable[_T]], failed: Exception, tries: int) -> _T:
    first: Exception | None = failed
    async for attempt in stamina.retry_context(
        on=_worth_repeating,
        attempts=tries,
        wait_initial=1.0,
        wait_jitter=0.5,
        wait_max=LONGEST_PAUSE,
        timeout=None,
    ):
        with attempt:
            if first is not None:
                error, first = first, None
                raise error
            return await call()
    raise AssertionError("the last attempt raises")


def _worth_repeating(error: Exception) -> bool | timedelta:
    """Whether the same question may be answered in a moment, and when if the broker says so."""
    if isinstance(error, RateLimited):
        pause = error.retry_after
        return pause if pause is not None and pause <= LONGEST_PAUSE else False
    return isinstance(error, ApiError | BrokerConnectionError | BrokerTimeout)
