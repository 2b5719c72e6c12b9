"""What OpenD says of itself: connections, the state of its log-ins and of the markets."""

from collections.abc import Callable
from datetime import datetime
from itertools import count
from typing import Any, Final

from tests.simulators.opend.asking import Answer, Asked, Handlers, Refusal
from tests.simulators.opend.vendor import messages

SERVER_VERSION: Final = 1011
KEEP_ALIVE_SECONDS: Final = 10
USER_ID: Final = 76543210
_READY: Final = 10
_LOGGING_IN: Final = 2
_FREE: Final = frozenset({"InitConnect", "KeepAlive", "GetGlobalState"})


class SystemApi:
    """InitConnect, GetGlobalState, KeepAlive.

    Attributes:
        logged_in: Whether OpenD has its sessions with moomoo's servers.
        keep_alive_seconds: What InitConnect tells a client; the SDK sends at four fifths of it.
        market_state: Of the US market (`Qot_Common.QotMarketState`).
    """

    def __init__(self, now: Callable[[], datetime], market_state: Callable[[], int]) -> None:
        """Logged in."""
        self.logged_in = True
        self.keep_alive_seconds = KEEP_ALIVE_SECONDS
        self._now = now
        self._market_state = market_state
        self._ids = count(6_840_000_000_000_000_001)

    def handlers(self) -> Handlers:
        """By name."""
        return {
            "InitConnect": self._init,
            "KeepAlive": self._keep_alive,
            "GetGlobalState": self._state,
        }

    def guard(self, name: str, _kind: str, _asked: Asked) -> None:
        """Nothing else works without the log-in.

        Raises:
            Refusal: There is none (the words are unverified).
        """
        if not self.logged_in and name not in _FREE:
            raise Refusal("OpenD is currently logged out. Please log in first.")

    def _init(self, asked: Asked) -> Answer:
        connection = asked.connection
        connection.id = next(self._ids)
        connection.wants_notices = asked.c2s.recvNotify
        s2c = messages("InitConnect").S2C(
            serverVer=SERVER_VERSION,
            loginUserID=USER_ID,
            connID=connection.id,
            connAESKey=connection.seal.key if connection.seal else "0" * 16,
            keepAliveInterval=self.keep_alive_seconds,
        )
        if connection.seal is not None:
            s2c.aesCBCiv = connection.seal.iv
        return Answer(s2c)

    def _keep_alive(self, _asked: Asked) -> Answer:
        return Answer(messages("KeepAlive").S2C(time=int(self._now().timestamp())))

    def _state(self, asked: Asked) -> Answer:
        closed = 6
        s2c = messages("GetGlobalState").S2C(
            marketHK=closed,
            marketUS=self._market_state(),
            marketSH=closed,
            marketSZ=closed,
            marketHKFuture=closed,
            qotLogined=self.logged_in,
            trdLogined=self.logged_in,
            serverVer=SERVER_VERSION,
            serverBuildNo=7108,
            time=int(self._now().timestamp()),
            localTime=self._now().timestamp(),
            connID=asked.connection.id,
        )
        s2c.programStatus.type = _READY if self.logged_in else _LOGGING_IN
        return Answer(s2c)

    def connect_status(self) -> Any:
        """The `Notify` that tells clients of a log-in or its end."""
        s2c = messages("Notify").S2C(type=3)
        s2c.connectStatus.qotLogined = s2c.connectStatus.trdLogined = self.logged_in
        return s2c
