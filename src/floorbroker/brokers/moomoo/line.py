"""The wire to OpenD: opened, looked at and closed by the gateway; all requests go over it."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

import structlog

from floorbroker.brokers.moomoo import client, words
from floorbroker.brokers.moomoo.errors import BROKER, for_read, reading
from floorbroker.brokers.moomoo.pushes import ENDED, Pushes
from floorbroker.brokers.moomoo.refusals import Refusal
from floorbroker.brokers.moomoo.spec import SPEC
from floorbroker.brokers.shared.gateway_wire import Reports
from floorbroker.brokers.shared.ports import check_listening
from floorbroker.brokers.shared.threads import BlockingCalls, NeverStarted
from floorbroker.brokers.shared.wire import Failure, Unanswered
from floorbroker.domain.errors import BrokerConnectionError, BrokerError

OPEN_SECONDS: Final = 10.0
STATE_SECONDS: Final = 4.0
_CONN_STATUS: Final = 3
_QOT_RIGHT: Final = 4
_EVENT: Final = 1
_log = structlog.get_logger(__name__)


class OpenDLine:
    """See the module's first line.

    Attributes:
        host: Where OpenD listens, with `port`: the operator's settings.
        firm: `OPEND_SECURITY_FIRM`, as OpenD's number.
        version: OpenD's own; empty before the first connection.
        logged_in: To moomoo's quote and trade servers, as OpenD last said.
        us_right: `QotRight` for US prices; None while OpenD has not told.
        unlocked: Whether OpenD took the last order with real money; None before one.
        dropped: Why the last connection ended; empty if none has.
    """

    def __init__(self, options: Mapping[str, Any], blocking: BlockingCalls) -> None:
        """Opens nothing."""
        self.host: str = options.get("opend_host", "127.0.0.1")
        self.port: int = options.get("opend_port", 11111)
        self.firm_name = str(options.get("opend_security_firm", "FUTUINC")).upper()
        self.version = self.dropped = ""
        self.logged_in = (False, False)
        self.us_right: int | None = None
        self.unlocked: bool | None = None
        self.subscribed: dict[tuple[str, int], float] = {}
        self.streamed: Counter[tuple[str, int]] = Counter()
        self._blocking = blocking
        self._connection: Any = None
        self._listeners: set[Pushes] = set()
        self._reports: Reports | None = None

    # For the gateway

    def reports_to(self, gateway: Reports) -> None:
        """See `gateway_wire.Wire`."""
        self._reports = gateway

    async def open(self) -> Mapping[str, str]:
        """See `gateway_wire.Wire`; an OpenD that is not logged in is connected, and cut off."""
        if self.firm_name not in words.FIRMS:
            raise BrokerError(_NO_FIRM.format(self.firm_name[:32]), broker=BROKER)
        await check_listening(SPEC, self.host, self.port)
        await self._greet()
        facts = {"port": str(self.port)}
        with reading():
            trading = await self._look()
            facts["version"] = self.version
            if not trading:
                self._tell_cut_off()
                return facts
            accounts = await self.accounts()
            ids = [one.accID for one in accounts]
            if ids:
                await self.ask("Trd_SubAccPush", {"accIDList": ids}, STATE_SECONDS)
            await self._learn_rights()
        return {**facts, "accounts": str(len(ids)), "firm": self.firm_name}

    async def probe(self) -> None:
        """See `gateway_wire.Wire`."""
        before = self.logged_in[1]
        with reading():
            now = await self._look()
        self._pass_on(before, now)

    async def close(self) -> None:
        """See `gateway_wire.Wire`."""
        opened, self._connection = self._connection, None
        self.subscribed.clear()
        self.unlocked = None
        if opened is not None:
            opened.close()
        self._end_pushes()

    # For everybody

    @property
    def greeted(self) -> bool:
        """Whether a connection stands, whatever OpenD itself has lost."""
        return self._connection is not None

    @property
    def firm(self) -> int:
        """The number of the operator's security firm."""
        return words.FIRMS[self.firm_name]

    async def ask(self, name: str, fields: Mapping[str, Any], seconds: float) -> Any:
        """One request, sent once; see `client.ask`."""
        if self._connection is None:
            raise Unanswered(sent=False, late=False)
        return await client.ask(self._connection, name, fields, seconds)

    async def accounts(self) -> list[Any]:
        """`TrdAcc` of every account for US securities, whatever its firm."""
        fields = {"userID": 0, "trdCategory": 1, "needGeneralSecAccount": True}
        told = await self.ask("Trd_GetAccList", fields, STATE_SECONDS)
        return [one for one in told.accList if words.US in one.trdMarketAuthList]

    def pushes(self, *names: str) -> Pushes:
        """Those of these names, from now on."""
        made = Pushes(names, self._listeners.discard)
        self._listeners.add(made)
        return made

    # Inside

    async def _greet(self) -> None:
        try:
            await self._blocking.run(OPEN_SECONDS, client.load)
            opened = client.connection(
                self.host, self.port, self._pushed, lambda: self._gone(opened)
            )
            self._connection = opened
            await self._blocking.run(OPEN_SECONDS, opened.open)
        except NeverStarted as error:
            raise BrokerConnectionError(broker=BROKER, detail="no thread") from error
        except Refusal as refusal:
            raise BrokerConnectionError(_not_greeted(refusal), broker=BROKER) from refusal
        except Failure as failure:
            raise for_read(failure) from failure

    async def _look(self) -> bool:
        """Whether OpenD is logged in to moomoo's trade servers."""
        told = await self.ask("GetGlobalState", {"userID": 0}, STATE_SECONDS)
        self.version = f"{told.serverVer // 100}.{told.serverVer % 100}.{told.serverBuildNo}"
        self.logged_in = (told.qotLogined, told.trdLogined)
        return bool(told.trdLogined)

    async def _learn_rights(self) -> None:
        try:
            told = await self.ask("GetUserInfo", {"flag": words.ABOUT_RIGHTS}, STATE_SECONDS)
        except Failure as failure:
            _log.info("moomoo_rights_not_told", failure=str(failure))
        else:
            self._note_right(told)

    def _pushed(self, name: str, told: Any) -> None:
        if name == "Notify":
            self._notice(told)
            return
        for listener in tuple(self._listeners):
            listener.put(name, told)

    def _notice(self, told: Any) -> None:
        if told.type == _CONN_STATUS:
            before, state = self.logged_in[1], told.connectStatus
            self.logged_in = (state.qotLogined, state.trdLogined)
            self._pass_on(before, state.trdLogined)
        elif told.type == _QOT_RIGHT:
            self._note_right(told.qotRight)
        elif told.type == _EVENT:
            _log.warning("moomoo_opend_event", event_type=told.event.eventType)

    def _note_right(self, told: Any) -> None:
        if told.HasField("usQotRight"):
            self.us_right = told.usQotRight

    def _pass_on(self, before: bool, now: bool) -> None:
        if before and not now:
            self._tell_cut_off()
        elif now and not before and self._reports is not None:
            self._reports.restored(anew=True)

    def _tell_cut_off(self) -> None:
        if self._reports is not None:
            self._reports.cut_off(LOGGED_OUT)

    def _gone(self, opened: Any) -> None:
        if opened is not self._connection:
            return
        self.dropped = ENDED
        self._end_pushes()
        if self._reports is not None:
            self._reports.broke(ENDED)

    def _end_pushes(self) -> None:
        for listener in tuple(self._listeners):
            listener.end()


def _not_greeted(refusal: Refusal) -> str:
    """The SDK tells OpenD's own words and its own ones for a drop alike (`_query_sync`)."""
    if refusal.message in {"", "Disconnect"}:
        return _ENDED_AT_ONCE
    return f"OpenD took the connection and refused to go on: {refusal.message}"


LOGGED_OUT: Final = (
    "OpenD is running and not logged in to moomoo's trade servers. Log in to it by hand, in its "
    "own window."
)
_ENDED_AT_ONCE: Final = (
    "OpenD took the connection and ended it. If an RSA key is set in it, take it out: the bot "
    "talks to OpenD on its own machine, and without encryption."
)
_NO_FIRM: Final = "OPEND_SECURITY_FIRM is {}, which is none of " + ", ".join(words.FIRMS) + "."
