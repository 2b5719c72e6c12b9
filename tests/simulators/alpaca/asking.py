"""Alpaca's requests: `tests.simulators.serving.asking` with its people, and its own numbers."""

from tests.simulators import serving
from tests.simulators.alpaca.people import Person
from tests.simulators.alpaca.refusals import Refusal
from tests.simulators.serving import Answer, json_answer

__all__ = ["Answer", "Ask", "Route", "how_many", "json_answer"]

Ask = serving.Ask[Person]
Route = serving.Route[Person]


def how_many(ask: Ask, name: str, *, usual: int, most: int) -> int:
    """A query parameter that says how many.

    Raises:
        Refusal: It is no number.
    """
    given = ask.query.get(name)
    if given and not given.isdigit():
        raise Refusal(422, 40010001, f"invalid {name}")  # words unverified
    return min(int(given), most) if given else usual
