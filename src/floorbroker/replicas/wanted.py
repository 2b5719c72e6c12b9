"""Whether a loop should go on."""

import asyncio


def wanted() -> bool:
    """Whether nobody has asked the present task to end.

    redis-py sends within `asyncio.wait_for`, which on Python 3.11 may swallow a cancellation that
    comes as the sending ends (python/cpython#86296): whoever then only waits for the next one would
    wait for ever.
    """
    task = asyncio.current_task()
    return task is None or not task.cancelling()
