"""The streamer: one websocket a person, services of keys and numbered fields, only what changes.

Its contract is the vendor's "Streamer API" as others copied it (schwab-py 1.5.1 streaming.py; the
Streamer Guide in public repositories, read in November 2026): LOGIN, ADD and UNSUBS, `response`,
`notify` and `data`, the codes, and that a user has one connection.
"""

from collections.abc import Callable
from typing import Any, Final

from tests.simulators.schwab.market import Market, Quote
from tests.simulators.schwab.people import Person
from tests.simulators.schwab.refusals import Refusal
from tests.simulators.schwab.tokens import Tokens
from tests.simulators.schwab.wire import epoch_ms, number
from tests.simulators.serving import Stream, Visitor

PATH: Final = "/ws"
SHARES: Final = "LEVELONE_EQUITIES"
OPTIONS: Final = "LEVELONE_OPTIONS"
OK, DENIED, UNAVAILABLE, CLOSED, FULL, NOT_FOUND = 0, 3, 11, 12, 19, 20
WORDS: Final = {
    DENIED: "Login Denied.: token is invalid or has expired.",
    UNAVAILABLE: "Service not available or temporary down.",
    CLOSED: "Maximum connections reached",
    FULL: "Symbol limit reached",
    NOT_FOUND: "Connection not found",
    22: "SUBS command failed",
    24: "ADD command failed",
    30: "Stop streaming",
}
_FIELDS: Final[dict[str, dict[str, Callable[[Quote], Any]]]] = {
    SHARES: {
        "1": lambda one: number(one.bid),
        "2": lambda one: number(one.ask),
        "3": lambda one: number(one.last),
        "8": lambda one: one.volume,
        "32": lambda one: one.status,
        "34": lambda one: epoch_ms(one.at),
        "35": lambda one: epoch_ms(one.at),
    },
    OPTIONS: {
        "2": lambda one: number(one.bid),
        "3": lambda one: number(one.ask),
        "4": lambda one: number(one.last),
        "8": lambda one: one.volume,
        "33": lambda one: one.status,
        "38": lambda one: epoch_ms(one.at),
        "39": lambda one: epoch_ms(one.at),
    },
}


class Streamer(Stream):
    """Whoever logs in with an access token gets what they subscribe.

    Attributes:
        most_symbols: Of a connection; None where there is no limit.
        elsewhere: Names of people whose own program is connected.
        unwelcome: A code that every login gets.
        answers: By command, a code in the place of success.
    """

    def __init__(self, market: Market, tokens: Tokens) -> None:
        """Nobody is connected."""
        super().__init__()
        self.most_symbols: int | None = None
        self.elsewhere: set[str] = set()
        self.unwelcome: int | None = None
        self.answers: dict[str, int] = {}
        self._market = market
        self._tokens = tokens
        self._told: dict[Visitor, dict[str, dict[str, Any]]] = {}
        self._fields: dict[Visitor, dict[str, list[str]]] = {}
        market.listeners.append(self._push)

    def followed(self) -> list[str]:
        """The symbols that are subscribed to at present, over all connections."""
        return sorted(
            one.partition(":")[2] for visitor in self.standing for one in visitor.subscribed
        )

    def beat(self) -> None:
        """A heartbeat to everybody."""
        self.say({"notify": [{"heartbeat": str(epoch_ms(self._market.now()))}]})

    def stop(self, code: int) -> None:
        """Tells everybody that it is over."""
        content = {"code": code, "msg": WORDS[code]}
        self.say({"notify": [{"service": "ADMIN", "content": content}]})

    def greet(self, visitor: Visitor) -> None:
        """See the base: nothing is said."""
        self._told[visitor], self._fields[visitor] = {}, {}

    def answer(self, visitor: Visitor, message: Any) -> None:
        """See the base."""
        for one in message["requests"]:
            code = self._code(visitor, one)
            content = {"code": code, "msg": WORDS.get(code, f"{one['command']} command succeeded")}
            told = {name: one[name] for name in ("service", "command", "requestid")}
            told |= {"timestamp": epoch_ms(self._market.now()), "content": content}
            visitor.say({"response": [told]})
            if code == OK and one["command"] == "ADD":
                for key in one["parameters"]["keys"].split(","):
                    self._show(visitor, one["service"], key)
            if code in {DENIED, CLOSED}:
                visitor.close()

    def _code(self, visitor: Visitor, one: Any) -> int:
        command, service, parameters = one["command"], one["service"], one["parameters"]
        if command == "LOGIN":
            return self._log_in(visitor, parameters)
        if not visitor.logged_in:
            return NOT_FOUND
        if command in self.answers:
            return self.answers[command]
        keys = {f"{service}:{key}" for key in parameters["keys"].split(",")}
        if command == "UNSUBS":
            visitor.subscribed -= keys
            for key in keys:
                self._told[visitor].pop(key, None)
            return OK
        wanted = visitor.subscribed | keys
        if self.most_symbols is not None and len(wanted) > self.most_symbols:
            return FULL
        visitor.subscribed = wanted
        self._fields[visitor][service] = parameters["fields"].split(",")
        return OK

    def _log_in(self, visitor: Visitor, parameters: Any) -> int:
        if self.unwelcome is not None:
            return self.unwelcome
        person = self._person(parameters["Authorization"])
        if person is None:
            return DENIED
        if person.name in self.elsewhere:
            return CLOSED
        visitor.logged_in = True
        return OK

    def _person(self, token: str) -> Person | None:
        try:
            return self._tokens.bearer(token).person
        except Refusal:
            return None

    def _push(self, symbol: str) -> None:
        for visitor in self.standing:
            for service in (SHARES, OPTIONS):
                if f"{service}:{symbol}" in visitor.subscribed:
                    self._show(visitor, service, symbol)

    def _show(self, visitor: Visitor, service: str, symbol: str) -> None:
        """All of it the first time, and what has changed from then on."""
        quote = self._market.quotes.get(symbol)
        if quote is None:
            return
        asked = self._fields[visitor][service]
        now = {name: of(quote) for name, of in _FIELDS[service].items() if name in asked}
        before = self._told[visitor].get(f"{service}:{symbol}")
        self._told[visitor][f"{service}:{symbol}"] = now
        if before is None:
            shown: dict[str, Any] = {"key": symbol, "delayed": quote.delayed, **now}
        else:
            changed = {name: value for name, value in now.items() if before[name] != value}
            shown = {"key": symbol, **changed}
        told = {"service": service, "command": "SUBS", "content": [shown]}
        visitor.say({"data": [{**told, "timestamp": epoch_ms(self._market.now())}]})
