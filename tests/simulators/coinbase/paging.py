"""Pages: a limit, and a cursor that goes on where the page before ended.

Recorded cursors are numbers for orders and the id of an account for accounts; what stands in one
is nobody's business. Here it is the id of the last one shown, so that new orders move no page.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from tests.simulators.coinbase.refusals import invalid_argument

T = TypeVar("T")


@dataclass(frozen=True)  # `Page[Order](…)` fails with slots on Python 3.11
class Page(Generic[T]):
    """Some rows; `cursor` is empty on the last page."""

    rows: Sequence[T]
    cursor: str

    @property
    def has_next(self) -> bool:
        """Whether there are more."""
        return bool(self.cursor)


def page_of(rows: Sequence[T], cursor: str, limit: int, id_of: Callable[[T], str]) -> Page[T]:
    """At most `limit` of `rows`, from behind the one that `cursor` names.

    Raises:
        Refusal: The cursor is of no page.
    """
    ids = [id_of(row) for row in rows]
    if cursor and cursor not in ids:
        raise invalid_argument("invalid cursor")  # words unverified
    first = ids.index(cursor) + 1 if cursor else 0
    shown = rows[first : first + limit]
    more = first + limit < len(rows)
    return Page(shown, id_of(shown[-1]) if more and shown else "")
