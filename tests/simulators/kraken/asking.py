"""A request to Kraken: `serving`'s, sent with a key of somebody's."""

from tests.simulators import serving
from tests.simulators.kraken.people import Key
from tests.simulators.serving import Answer, json_answer

Ask = serving.Ask[Key]
Route = serving.Route[Key]

__all__ = ["Answer", "Ask", "Route", "result"]


def result(value: object) -> Answer:
    """A success: an empty list of errors and the result, with status 200."""
    return json_answer({"error": [], "result": value})
