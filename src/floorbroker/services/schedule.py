"""Where the service's own work is given: to this process, or to one replica of several."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Protocol


class Schedule(Protocol):
    """The `Supervisor` of this process, or `replicas.jobs` where several replicas share the work.

    A round is begun at least once; another one may begin it again, so that whatever it does is
    decided by a compare-and-set in the store.
    """

    def every(
        self,
        interval: timedelta,
        name: str,
        work: Callable[[], Awaitable[Any]],
        *,
        at_once: bool = True,
    ) -> None:
        """Runs `work` again and again, whatever it raises, never twice at a time.

        Args:
            name: One word or more, different from all others.
            at_once: For the first time now; else after one `interval`.
        """
        ...
