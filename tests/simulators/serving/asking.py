"""A request and its answer, before and after HTTP."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Generic, Protocol, TypeVar
from urllib.parse import unquote

JSON: Final = "application/json; charset=UTF-8"


class Named(Protocol):
    """A person as far as the gate knows one: with a name that is no secret."""

    name: str


P = TypeVar("P", bound=Named)


@dataclass(frozen=True, kw_only=True)  # `Ask[Person](…)` fails with slots on Python 3.11
class Ask(Generic[P]):
    """One request.

    Attributes:
        path: Decoded; `raw_path` is as it came, so that an escaped slash stays inside its part.
        raw_query: All behind the "?", byte by byte as it came, for signatures.
        query: Decoded; of a name that comes twice, the last value.
        person: Whoever proved to be it; None only where no proof is asked.
        parts: The named parts of the path, decoded.
    """

    method: str
    path: str
    raw_path: str
    raw_query: str
    query: Mapping[str, str]
    body: bytes
    headers: Mapping[str, str] = field(repr=False)
    person: P | None = None
    parts: Mapping[str, str] = field(default_factory=dict)

    @property
    def owner(self) -> P:
        """The person, where the route needs one."""
        assert self.person is not None
        return self.person

    def flag(self, name: str) -> bool:
        """A query parameter that is true or false."""
        return self.query.get(name, "").lower() == "true"

    def words(self, name: str) -> list[str]:
        """A query parameter of several words with commas between them."""
        return [word for word in self.query.get(name, "").split(",") if word]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is sent back."""

    status: int = 200
    body: bytes = b""
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)


def json_answer(
    value: Any, status: int = 200, *, headers: Mapping[str, str] | None = None
) -> Answer:
    """`value` as the body."""
    return Answer(status=status, body=json.dumps(value).encode(), headers=headers or {})


def html(status: int, title: str) -> Answer:
    """A page of the proxy in front of the API."""
    page = (
        f"<html>\r\n<head><title>{status} {title}</title></head>\r\n<body>\r\n"
        f"<center><h1>{status} {title}</h1></center>\r\n<hr><center>nginx</center>\r\n"
        "</body>\r\n</html>\r\n"
    )
    return Answer(status=status, body=page.encode(), content_type="text/html")


class Refusal(Exception):
    """A request that is not carried out. Each broker has its own kind, which knows its answer."""

    def answer(self) -> Answer:
        """What is sent back, in the broker's own words, codes and status."""
        raise NotImplementedError


Handler = Callable[[Ask[P]], Answer]
"""Carries one request out, or raises a `Refusal`."""


@dataclass(frozen=True)  # no slots: see `Ask`
class Route(Generic[P]):
    """A method, a path with named parts such as `{symbol}`, and who answers.

    Attributes:
        open_to_all: Whether it answers without credentials too; `Gate.admit` looks at it.
    """

    method: str
    path: str
    handler: Handler[P]
    open_to_all: bool = False

    def parts(self, raw_path: str) -> Mapping[str, str] | None:
        """The named parts of `raw_path`, or None where this is another route."""
        pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", self.path)
        found = re.fullmatch(pattern, raw_path)
        return found and {name: unquote(value) for name, value in found.groupdict().items()}


def find_route(
    routes: Sequence[Route[P]], method: str, raw_path: str
) -> tuple[Route[P], Mapping[str, str]] | None:
    """The route for a request and the parts of its path."""
    for route in routes:
        if route.method == method and (parts := route.parts(raw_path)) is not None:
            return route, parts
    return None
