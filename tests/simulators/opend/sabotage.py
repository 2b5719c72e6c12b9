"""What a test lets go wrong, and what it asks afterwards."""

from tests.simulators.opend.accounts_api import AccountsApi
from tests.simulators.opend.asking import Received
from tests.simulators.opend.faults import KINDS, Error, Fault, Trouble
from tests.simulators.opend.gate import Gate
from tests.simulators.opend.limits import Limits
from tests.simulators.opend.listening import Listener
from tests.simulators.opend.orders_api import OrdersApi
from tests.simulators.opend.system_api import SystemApi
from tests.simulators.opend.wire import NUMBERS


class Sabotage:
    """OpenD's bad side, its locks, and its memory."""

    def __init__(
        self,
        gate: Gate,
        listener: Listener,
        system: SystemApi,
        accounts_api: AccountsApi,
        orders_api: OrdersApi,
        limits: Limits,
    ) -> None:
        """Over everything that comes in."""
        self._gate = gate
        self._listener = listener
        self._system = system
        self._accounts_api = accounts_api
        self._orders_api = orders_api
        self._limits = limits

    def fail(self, kind: str, fault: Fault | Error, times: int | None = 1) -> Trouble:
        """Misbehaves for requests of a kind.

        Args:
            kind: `connect`, `read`, `order`, `cancel`, `change`, `unlock`, `alive`, `any` (all but
                `alive`), or the name of messages, such as `Trd_GetOrderList`.
            times: For how many of them; None until `work`.
        """
        if kind not in KINDS and kind not in NUMBERS:
            raise ValueError(kind)
        trouble = Trouble(kind, fault, times)
        self._gate.troubles.append(trouble)
        return trouble

    def reject(self, text: str, times: int = 1) -> None:
        """The next orders are refused in those words."""
        self._orders_api.refusals += [text] * times

    def work(self) -> None:
        """Lifts every fault and lets late answers go."""
        troubles, self._gate.troubles = self._gate.troubles, []
        for trouble in troubles:
            trouble.release()
        self._orders_api.refusals.clear()

    def drop(self) -> None:
        """Cuts every connection; new ones are taken."""
        self._listener.drop()

    def log_out(self) -> None:
        """OpenD lives on without its sessions at moomoo; clients are told."""
        self._log(logged_in=False)

    def log_in(self) -> None:
        """It has them again."""
        self._log(logged_in=True)

    def _log(self, *, logged_in: bool) -> None:
        self._system.logged_in = logged_in
        for connection in self._listener.standing:
            if connection.wants_notices:
                connection.push("Notify", self._system.connect_status())

    # Locks and limits

    @property
    def locked(self) -> bool:
        """Whether live orders are refused; one lock for all connections."""
        return self._accounts_api.locked

    @locked.setter
    def locked(self, locked: bool) -> None:
        self._accounts_api.locked = locked

    @property
    def unlock_password_md5(self) -> str:
        """Of the trade password, which is `accounts_api.PASSWORD`."""
        return self._accounts_api.password_md5

    @unlock_password_md5.setter
    def unlock_password_md5(self, digest: str) -> None:
        self._accounts_api.password_md5 = digest

    @property
    def unlocking_allowed(self) -> bool:
        """Whether OpenD can be unlocked over the API."""
        return self._accounts_api.unlocking_allowed

    @unlocking_allowed.setter
    def unlocking_allowed(self, allowed: bool) -> None:
        self._accounts_api.unlocking_allowed = allowed

    @property
    def requests_limited(self) -> bool:
        """Whether more than OpenD's numbers per 30 seconds are refused; see `limits`."""
        return self._limits.on

    @requests_limited.setter
    def requests_limited(self, limited: bool) -> None:
        self._limits.on = limited

    @property
    def keep_alive_seconds(self) -> int:
        """What the next InitConnect is told; the SDK sends at four fifths of it."""
        return self._system.keep_alive_seconds

    @keep_alive_seconds.setter
    def keep_alive_seconds(self, seconds: int) -> None:
        self._system.keep_alive_seconds = seconds

    # What came

    @property
    def received(self) -> list[Received]:
        """Every request that arrived whole, in order, carried out or not."""
        return self._gate.received

    def names(self) -> list[str]:
        """Of their messages, without KeepAlive."""
        return [one.name for one in self._gate.received if one.kind != "alive"]

    @property
    def orders_received(self) -> int:
        """Requests that place an order."""
        return self._gate.count("order")

    @property
    def cancels_received(self) -> int:
        """Requests that cancel."""
        return self._gate.count("cancel")

    @property
    def changes_received(self) -> int:
        """Requests that change an order."""
        return self._gate.count("change")

    @property
    def unlocks_received(self) -> int:
        """Requests that unlock trade, or lock it."""
        return self._gate.count("unlock")

    @property
    def connections(self) -> int:
        """Connections that stand."""
        return len(self._listener.standing)

    @property
    def connections_made(self) -> int:
        """Connections accepted so far."""
        return self._listener.made
