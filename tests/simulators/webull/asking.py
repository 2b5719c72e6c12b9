"""Webull's requests: `tests.simulators.serving.asking` with its callers, and its own parameters."""

import base64
import json
from collections.abc import Sequence
from typing import Any, Final, TypeVar

from tests.simulators import serving
from tests.simulators.serving import Answer, json_answer
from tests.simulators.webull.apps import Caller
from tests.simulators.webull.people import Account
from tests.simulators.webull.refusals import account_denied, bad, invalid_parameter

__all__ = [
    "Answer",
    "Ask",
    "Route",
    "account_of",
    "json_answer",
    "needed",
    "paged",
]

Ask = serving.Ask[Caller]
Route = serving.Route[Caller]
T = TypeVar("T")

PAGE_SIZES: Final = range(10, 101)


def needed(ask: Ask, name: str) -> str:
    """A query parameter that must be there.

    Raises:
        Refusal: It is not.
    """
    if not ask.query.get(name):
        raise invalid_parameter(name)
    return ask.query[name]


def account_of(ask: Ask, account_id: object) -> Account:
    """One of the caller's accounts.

    Raises:
        Refusal: It is not among those that the caller reaches.
    """
    if not account_id:
        raise invalid_parameter("account_id")
    for account in ask.owner.accounts:
        if account.id == account_id:
            return account
    raise account_denied()


def paged(ask: Ask, found: Sequence[tuple[str, T]], most: int) -> tuple[Sequence[T], str | None]:
    """A page of `found`, beside ids, and the key of the next one.

    Raises:
        Refusal: The key leads nowhere.
    """
    start, key = 0, ask.query.get("pagination_key", "")
    if key:
        ids = [one for one, _ in found]
        last = _last_id(key)
        if last not in ids:
            raise bad("pagination_key", key)
        start = ids.index(last) + 1
    page = found[start : start + most]
    more = start + most < len(found)
    return [one for _, one in page], _key(page[-1][0]) if more and page else None


def with_key(data: Sequence[Any], key: str | None) -> Answer:
    """`data`; without a key on the last page."""
    return json_answer({"data": list(data), **({"pagination_key": key} if key else {})})


def _key(last: str) -> str:
    return base64.b64encode(json.dumps({"v": 1, "lastId": last}).encode()).decode()


def _last_id(key: str) -> str:
    try:
        return str(json.loads(base64.b64decode(key, validate=True))["lastId"])
    except (ValueError, KeyError, TypeError) as error:
        raise bad("pagination_key", key) from error
