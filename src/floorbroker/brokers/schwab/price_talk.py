"""What Schwab's streamer says, and how it is understood.

The streamer's contract is behind a login; it is told here as schwab-py 1.5.1 (streaming.py) and
copies of the vendor's Streamer Guide in public repositories have it: commands, numbers of fields,
codes. Only what has changed is sent, so that fields that are missing stand as they were.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from floorbroker.brokers.schwab import mapping
from floorbroker.brokers.schwab.answers import Count, Epoch
from floorbroker.brokers.schwab.errors import BROKER
from floorbroker.brokers.schwab.market_answers import StreamerInfo
from floorbroker.brokers.schwab.symbols import is_option
from floorbroker.brokers.shared.price_talk import (
    Prices,
    PriceTalk,
    Refused,
    Taken,
    Told,
    Update,
)
from floorbroker.brokers.shared.wire import Amount, Answer, NoAllowance, Unreadable
from floorbroker.domain.errors import ApiError, BrokerConnectionError, NotSupported, RateLimited

if TYPE_CHECKING:
    from floorbroker.brokers.shared.websocket import WebSocket

HELD_ELSEWHERE: Final = timedelta(minutes=5)
"""So long a place that somebody else has is not asked for again: "limit of 1 Streamer connection at
any given time from a given user"."""

SHARES: Final = "LEVELONE_EQUITIES"
OPTIONS: Final = "LEVELONE_OPTIONS"
FIELDS: Final[Mapping[str, Mapping[str, str]]] = {
    SHARES: {
        "bid": "1",
        "ask": "2",
        "last": "3",
        "volume": "8",
        "status": "32",
        "quoted": "34",
        "traded": "35",
    },
    OPTIONS: {
        "bid": "2",
        "ask": "3",
        "last": "4",
        "volume": "8",
        "status": "33",
        "quoted": "38",
        "traded": "39",
    },
}
_KEY: Final = "0"
_OPENED: Final = 101
_DONE: Final = frozenset({0, 26, 27, 28, 29})
_CLOSE_CONNECTION, _SYMBOL_LIMIT = 12, 19
_OF_ONE_COMMAND: Final = frozenset({11, 19, 21, 22, 24})
"""Refusals that leave the connection as it was."""


class Pushed(Answer):
    """The fields of one symbol, as far as they are sent; 0 says that nobody is there."""

    bid: Count = Decimal(0)
    ask: Count = Decimal(0)
    last: Count = Decimal(0)
    volume: Amount | None = None
    status: str = ""
    quoted: Epoch = None
    traded: Epoch = None


class SchwabTalk(PriceTalk):
    """One connection."""

    source = mapping.SOURCE

    def __init__(
        self,
        find: Callable[[], Awaitable[StreamerInfo]],
        access: Callable[[], Awaitable[str]],
        taken_elsewhere: Callable[[], None],
    ) -> None:
        """Nothing was said.

        Args:
            find: Where the streamer is, and what it calls the person.
            access: The access token of this moment.
            taken_elsewhere: Called when another program has the one place.
        """
        self._find = find
        self._access = access
        self._taken_elsewhere = taken_elsewhere
        self._info: StreamerInfo | None = None
        self._requests = 0
        self._asked: dict[str, Sequence[str]] = {}
        self._begun: set[str] = set()

    async def address(self) -> str:
        """See the base."""
        self._info = await self._find()
        return self._info.address

    async def log_in(self, socket: "WebSocket") -> None:
        """See the base."""
        info = self._known()
        parameters = {
            "Authorization": await self._access(),
            "SchwabClientChannel": info.channel,
            "SchwabClientFunctionId": info.function,
        }
        await socket.send({"requests": [self._request("ADMIN", "LOGIN", parameters)]})
        while True:
            for one in _parts(await socket.hear(), "response"):
                if one["command"] == "LOGIN":
                    self._let_in(one["content"]["code"])
                    return

    def subscribe(self, keys: Sequence[str]) -> Iterable[Any]:
        """See the base."""
        self._begun -= set(keys)
        for service, some in _by_service(keys):
            fields = ",".join([_KEY, *FIELDS[service].values()])
            parameters = {"keys": ",".join(some), "fields": fields}
            request = self._request(service, "ADD", parameters)
            self._asked[request["requestid"]] = some
            yield {"requests": [request]}

    def unsubscribe(self, keys: Sequence[str]) -> Iterable[Any]:
        """See the base."""
        for service, some in _by_service(keys):
            yield {"requests": [self._request(service, "UNSUBS", {"keys": ",".join(some)})]}

    def heard(self, message: Any) -> Iterable[Update]:
        """See the base."""
        for one in _parts(message, "notify"):
            if "content" in one:
                self._ended(one["content"]["code"])
        for one in _parts(message, "response"):
            yield from self._answered(one["requestid"], one["content"]["code"])
        for one in _parts(message, "data"):
            fields = FIELDS.get(one["service"])
            for told in one["content"] if fields else ():
                yield self._changed(told, fields or {}, one["timestamp"])

    def _changed(self, told: Any, fields: Mapping[str, str], stamp: Any) -> Told:
        sent = {name: told[number] for name, number in fields.items() if number in told}
        news = Pushed.model_validate(sent)
        times = [one for one in (news.quoted, news.traded) if one is not None]
        at = max(times) if times else Pushed.model_validate({"quoted": stamp}).quoted
        if at is None:
            raise ValueError("no time")
        prices = Prices()
        if "bid" in sent:
            prices["bid"] = mapping.price(news.bid)
        if "ask" in sent:
            prices["ask"] = mapping.price(news.ask)
        if "last" in sent:
            prices["last"] = mapping.price(news.last)
        if news.traded is not None:
            prices["last_at"] = news.traded
        if "volume" in sent:
            prices["volume"] = news.volume
        if "status" in sent:
            prices["halted"] = mapping.halted(news.status)
        key = told["key"]
        if "delayed" in told or key not in self._begun:
            # The first message of each says so; one that does not is no promise of real time.
            prices["delayed"] = told.get("delayed") is not False
            self._begun.add(key)
        return Told(key, at, prices)

    def _answered(self, request: str, code: int) -> Iterable[Update]:
        keys = self._asked.pop(str(request), ())
        if code in _DONE:
            yield Taken(keys)
        elif code not in _OF_ONE_COMMAND:
            self._ended(code)
        elif code == _SYMBOL_LIMIT:
            yield Refused(keys, RateLimited(_FULL, broker=BROKER, retry_after=HELD_ELSEWHERE))
        else:
            yield Refused(keys, not_pushed(code))

    def _let_in(self, code: int) -> None:
        if code == _CLOSE_CONNECTION:
            self._ended(code)
        if code not in _DONE:
            # The same access has just found the streamer, so that this says nothing of the link.
            raise ApiError("Schwab's streamer lets nobody in.", broker=BROKER, detail=str(code))

    def _ended(self, code: int) -> None:
        if code == _CLOSE_CONNECTION:
            self._taken_elsewhere()
            raise NoAllowance(HELD_ELSEWHERE)
        words = "Schwab's streamer ended the connection."
        raise BrokerConnectionError(words, broker=BROKER, detail=str(code))

    def _request(self, service: str, command: str, parameters: Mapping[str, str]) -> dict[str, Any]:
        info = self._known()
        self._requests += 1
        return {
            "service": service,
            "command": command,
            "requestid": str(self._requests),
            "SchwabClientCustomerId": info.customer,
            "SchwabClientCorrelId": info.correlation,
            "parameters": dict(parameters),
        }

    def _known(self) -> StreamerInfo:
        if self._info is None:
            raise Unreadable(_OPENED)
        return self._info


_FULL: Final = "Schwab pushes no more prices at once."


def not_pushed(code: int) -> NotSupported:
    """There is a price that can be asked for, and no stream."""
    words = "Schwab does not push prices of this to this access."
    return NotSupported(words, broker=BROKER, detail=str(code))


def _parts(message: Any, kind: str) -> Iterable[Any]:
    parts: Iterable[Any] = message.get(kind, ())
    return parts


def _by_service(keys: Sequence[str]) -> Iterable[tuple[str, list[str]]]:
    for service, options in ((SHARES, False), (OPTIONS, True)):
        some = [key for key in keys if is_option(key) is options]
        if some:
            yield service, some
