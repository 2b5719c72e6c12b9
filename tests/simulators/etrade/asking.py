"""E*TRADE's requests: `tests.simulators.serving.asking` with its callers, and its own numbers."""

from tests.simulators import serving
from tests.simulators.etrade.refusals import bad_field
from tests.simulators.etrade.tokens import Caller
from tests.simulators.etrade.wire import is_number
from tests.simulators.serving import Answer, json_answer

__all__ = ["ACCOUNTS", "MARKET", "Answer", "Ask", "Route", "empty", "how_many", "json_answer"]

ACCOUNTS = "/v1/accounts"
MARKET = "/v1/market"
Ask = serving.Ask[Caller]
Route = serving.Route[Caller]


def empty() -> Answer:
    """204: E*TRADE's answer where a list has nothing in it (documented for accounts, code 105)."""
    return Answer(status=204)


def how_many(ask: Ask, name: str, *, usual: int, most: int | None = None) -> int:
    """A query parameter that says how many.

    Raises:
        EtradeRefusal: It is no number from 1 on.
    """
    given = ask.query.get(name, "")
    if not given:
        return usual
    if not is_number(given) or int(given) < 1:
        raise bad_field(name, given)
    return int(given) if most is None else min(int(given), most)
