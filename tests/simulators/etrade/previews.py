"""Previews: an order is placed from one, once, within three minutes, and word for word.

The v1 documentation gives a preview three minutes (read second-hand: the page's public copies end
before its notes). Recorded for a place without a fitting preview: code 101, see `refusals`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any, Final

from tests.simulators.etrade.people import Account
from tests.simulators.etrade.refusals import invalid_preview_id, preview_timed_out
from tests.simulators.etrade.ticket import Ticket
from tests.simulators.etrade.wire import is_number

LIFE: Final = timedelta(minutes=3)
_IDS: Final = count(266606056106)


@dataclass(slots=True, kw_only=True, eq=False)
class Preview:
    """One.

    Attributes:
        of_order: The id of the order that it would change; None for a new one.
    """

    account: Account
    ticket: Ticket
    made_at: datetime
    of_order: int | None = None
    used: bool = False
    id: int = field(default_factory=lambda: next(_IDS))


@dataclass(slots=True)
class Previews:
    """All of them.

    Attributes:
        life: How long one is good for.
    """

    now: Callable[[], datetime]
    life: timedelta = LIFE
    made: dict[int, Preview] = field(default_factory=dict)

    def add(self, account: Account, ticket: Ticket, of_order: int | None = None) -> Preview:
        """A fresh one; earlier ones of the same client's id stay good (unverified)."""
        preview = Preview(account=account, ticket=ticket, made_at=self.now(), of_order=of_order)
        self.made[preview.id] = preview
        return preview

    def find(
        self, body: dict[str, Any], account: Account, ticket: Ticket, of_order: int | None = None
    ) -> Preview:
        """The one that an order names, if it fits; whoever places it marks it as used.

        That a used one and one of another order answer like an old one is unverified.

        Raises:
            EtradeRefusal: None fits.
        """
        preview = self.made.get(_preview_id(body.get("PreviewIds")))
        if preview is None or preview.used or self.now() - preview.made_at >= self.life:
            raise preview_timed_out()
        same = preview.account is account and preview.of_order == of_order
        if not same or preview.ticket != ticket:
            raise preview_timed_out()
        return preview


def _preview_id(given: Any) -> int:
    first = given[0] if isinstance(given, list) and given else given
    wanted = first.get("previewId") if isinstance(first, dict) else None
    if isinstance(wanted, bool) or not is_number(str(wanted)):
        raise invalid_preview_id()
    return int(str(wanted))
