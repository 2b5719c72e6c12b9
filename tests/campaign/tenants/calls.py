"""Every call of every service that takes a person, made by one with the ids of another.

The calls are found by walking `Floor`, and their arguments by their types, so that a new service is
attacked without a change here. Where nobody can be named in a call there is nothing to attack.
"""

import dataclasses
import inspect
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from io import BytesIO
from random import Random
from types import UnionType
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

from floorbroker.brokers.oauth import Grant
from floorbroker.domain.ids import AccountId, BrokerId, LinkId, OrderId, UserId
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.link_ticket import LinkTicket
from floorbroker.domain.modes import Environment
from floorbroker.domain.order import Order, ReplyAddress
from floorbroker.domain.orders import OrderChanges, Side
from floorbroker.domain.people import AccountKey, Link
from floorbroker.services.callers import Caller
from floorbroker.services.floor import Floor
from floorbroker.services.link_requests import Wanted
from floorbroker.services.ticket import Ticket

_IDENTITY: Final = (UserId, Caller, Wanted)
_LONE: Final = frozenset({"is_operator"})
"""Calls that answer about nobody's things."""

_DEEPEST: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One method of one service."""

    service: str
    method: str
    hints: Mapping[str, Any]

    @property
    def name(self) -> str:
        """As a reader finds it."""
        return f"{self.service}.{self.method}"


def every_call() -> Iterator[Call]:
    """Every public call of a service that says whose it is."""
    for service, kind in get_type_hints(Floor).items():
        if not (inspect.isclass(kind) and kind.__module__.startswith("floorbroker.services")):
            continue
        for method, function in inspect.getmembers(kind, inspect.isfunction):
            if method.startswith("_") or method in _LONE:
                continue
            hints = get_type_hints(function)
            hints.pop("return", None)
            if any(one in hints.values() for one in _IDENTITY):
                yield Call(service=service, method=method, hints=hints)


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreign:
    """Who attacks, and everything of the other one that an attacker could have got hold of.

    Attributes:
        names: What the victim's accounts are called, and their ids.
        said: Every text of the victim's that was handed in so far, which an answer may repeat.
    """

    attacker: UserId
    links: tuple[Link, ...]
    orders: tuple[Order, ...]
    tickets: tuple[LinkTicket, ...]
    names: tuple[str, ...]
    reply: ReplyAddress
    token: str
    chance: Random
    said: set[str]

    def arguments(self, call: Call) -> dict[str, Any]:
        """One for each parameter.

        Raises:
            TypeError: Nobody has said yet what such a parameter is given.
        """
        return {name: self._one(name, hint) for name, hint in call.hints.items()}

    def _one(self, name: str, hint: Any) -> Any:
        if get_origin(hint) in (Union, UnionType):
            (hint, *_) = [one for one in get_args(hint) if one is not type(None)]
        value = self._of(name, hint)
        self.said.update(one for one in texts_of(value) if len(one) > 3)
        return value

    def _of(self, name: str, hint: Any) -> Any:  # one line a type
        chance, link, order = (
            self.chance,
            self.chance.choice(self.links),
            self.chance.choice(self.orders),
        )
        known: dict[Any, Callable[[], Any]] = {
            UserId: lambda: self.attacker,
            Caller: lambda: Caller(
                user_id=self.attacker, guild_id=None, origin_key=chance.randbytes(6).hex()
            ),
            Wanted: lambda: Wanted(
                user_id=self.attacker,
                broker=link.broker,
                environment=link.environment,
                relinks=link.link_id,
            ),
            Ticket: lambda: Ticket(
                symbol="AAPL", side=Side.BUY, quantity="1", account=chance.choice(self.names)
            ),
            OrderId: lambda: order.order_id,
            LinkId: lambda: link.link_id,
            AccountId: lambda: order.account_id,
            BrokerId: lambda: link.broker,
            AccountKey: lambda: AccountKey(link_id=order.link_id, account_id=order.account_id),
            Order: lambda: order,
            Link: lambda: link,
            LinkTicket: lambda: chance.choice(self.tickets),
            ReplyAddress: lambda: self.reply,
            Grant: lambda: Grant(credentials={}),
            Instrument: lambda: Instrument(symbol="AAPL", asset_class=AssetClass.EQUITY),
            OrderChanges: lambda: OrderChanges(limit_price=Decimal(89)),
            Environment: lambda: link.environment,
            datetime: lambda: datetime.now(UTC),
            Decimal: lambda: Decimal(1),
            bool: lambda: chance.random() < 0.5,
            int: lambda: chance.randrange(1, 20),
            float: lambda: 1.0,
            str: lambda: self._text(name, order),
        }
        if hint in known:
            return known[hint]()
        origin = get_origin(hint)
        if inspect.isclass(hint) and issubclass(hint, Enum):
            return chance.choice(list(hint))
        if inspect.isclass(origin) and issubclass(origin, Mapping):
            return {}
        if origin in (list, tuple, set, frozenset):
            return origin()
        if "Sequence" in str(origin):
            return []
        if "Callable" in str(origin):
            return lambda one, *_: one
        if dataclasses.is_dataclass(hint) and inspect.isclass(hint):
            needed = [one for one in dataclasses.fields(hint) if one.default is one.default_factory]
            hints = get_type_hints(hint)
            return hint(**{one.name: self._one(one.name, hints[one.name]) for one in needed})
        raise TypeError(f"what is given for {name}: {hint}?")

    def _text(self, name: str, order: Order) -> str:
        if name == "token":
            return self.token
        if name == "symbol":
            return "AAPL"
        if name == "broker_order_id":
            return order.broker_order_id or "unknown"
        return self.chance.choice([*self.names, order.order_id])


def texts_of(value: Any, depth: int = 0) -> Iterator[str]:
    """Every text in a value of any kind, in files and archives too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, bytes):
        yield from _unpacked(value)
    else:
        parts = list(_parts(value)) if depth < _DEEPEST else []
        for one in parts:
            yield from texts_of(one, depth + 1)
        if not parts:
            yield repr(value)


def _parts(value: Any) -> Iterator[Any]:
    if isinstance(value, Mapping):
        yield from (*value.keys(), *value.values())
    elif isinstance(value, list | tuple | set | frozenset):
        yield from value
    elif isinstance(value, BaseException):
        yield from (str(value), vars(value))
    elif dataclasses.is_dataclass(value):
        yield from (getattr(value, field.name) for field in dataclasses.fields(value))


def _unpacked(data: bytes) -> Iterator[str]:
    if not zipfile.is_zipfile(BytesIO(data)):
        yield data.decode(errors="replace")
        return
    with zipfile.ZipFile(BytesIO(data)) as archive:
        yield from (archive.read(name).decode() for name in archive.namelist())
