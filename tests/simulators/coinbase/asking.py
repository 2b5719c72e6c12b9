"""Coinbase's requests: `tests.simulators.serving.asking` with its keys, and its own lists."""

from collections.abc import Iterable
from urllib.parse import parse_qs

from tests.simulators import serving
from tests.simulators.coinbase.keys import Key
from tests.simulators.coinbase.refusals import bad_word
from tests.simulators.serving import Answer, json_answer

__all__ = ["API", "Answer", "Ask", "Route", "every", "how_many", "json_answer", "one_of"]

API = "/api/v3/brokerage"
Ask = serving.Ask[Key]
Route = serving.Route[Key]


def every(ask: Ask, name: str, known: Iterable[str] = ()) -> list[str]:
    """All values of a query parameter: lists repeat its name.

    Raises:
        Refusal: One of them is not among `known`, if any are.
    """
    values = [value for value in parse_qs(ask.raw_query).get(name, []) if value]
    for value in values if known else []:
        if value not in known:
            raise bad_word(name, value)
    return values


def one_of(ask: Ask, name: str, known: Iterable[str]) -> str:
    """A query parameter that is one of a few words, or empty.

    Raises:
        Refusal: It is another word.
    """
    values = every(ask, name, known)
    return values[-1] if values else ""


def how_many(ask: Ask, name: str, *, usual: int, most: int) -> int:
    """A query parameter that says how many.

    Raises:
        Refusal: It is no number.
    """
    given = ask.query.get(name, "")
    if given and not given.isdigit():
        raise bad_word(name, given)
    return min(int(given), most) if given else usual
