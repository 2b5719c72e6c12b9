"""Where an adapter's connection stands, for those that ask anew with every request."""

from collections.abc import Iterator
from contextlib import contextmanager

from floorbroker.domain.clock import Clock
from floorbroker.domain.connections import ConnectionState, ConnectionStatus
from floorbroker.domain.errors import BrokerError


class Connection:
    """Disconnected at first.

    Attributes:
        status: The present one; a failed one tells why in the error's own words.
        closed: Whether the adapter was told to let go; opening does not undo it.
    """

    def __init__(self, clock: Clock) -> None:
        """Asks nobody."""
        self._clock = clock
        self.closed = False
        self._pass_to(ConnectionState.DISCONNECTED)

    @contextmanager
    def opening(self) -> Iterator[None]:
        """Connecting from here on, and failed if anything is raised inside."""
        self._pass_to(ConnectionState.CONNECTING)
        try:
            yield
        except BaseException as error:
            why = error.message if isinstance(error, BrokerError) else ""
            self._pass_to(ConnectionState.FAILED, why)
            raise

    def opened(self, detail: str = "") -> None:
        """Connected; `detail` tells what the broker keeps the account from."""
        self._pass_to(ConnectionState.CONNECTED, detail)

    def close(self) -> None:
        """Disconnected: nothing may be asked any more."""
        self.closed = True
        self._pass_to(ConnectionState.DISCONNECTED)

    def _pass_to(self, state: ConnectionState, detail: str = "") -> None:
        healthy = state is ConnectionState.CONNECTED
        self.status = ConnectionStatus(
            state=state, healthy=healthy, since=self._clock.now(), detail=detail
        )
