"""How often a person's application may ask.

Documented for v0, for each of three modules and each person: 2 requests a second and 7000 an hour
of accounts and of orders, 4 and 14000 of the market
(us.etrade.com/ctnt/dev-portal/…/V0_Documentation-DeveloperGuides-RateLimits); that v1 keeps them is
unverified. Not enforced until a test says so.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from tests.simulators.etrade.asking import Ask
from tests.simulators.etrade.refusals import rate_limited
from tests.simulators.etrade.tokens import AccessToken

DOCUMENTED: Final = {"accounts": 2, "market": 4, "orders": 2}
HOURS: Final = {"accounts": 7000, "market": 14000, "orders": 7000}


@dataclass(slots=True)
class Limits:
    """Counts, and refuses once it is on.

    Attributes:
        seconds: Requests a second, by module.
        hours: Requests an hour.
        status: Of the refusal: documented as 400.
    """

    now: Callable[[], datetime]
    seconds: dict[str, int] = field(default_factory=lambda: dict(DOCUMENTED))
    hours: dict[str, int] = field(default_factory=lambda: dict(HOURS))
    on: bool = False
    status: int = 400
    _used: Counter[tuple[str, str, str, int]] = field(default_factory=Counter)

    def count(self, ask: Ask, access: AccessToken) -> None:
        """One more request.

        Raises:
            EtradeRefusal: It is one too many.
        """
        module, at = module_of(ask.path), int(self.now().timestamp())
        who = (access.app.key, access.person.name, module)
        second, hour = (*who, at), (*who, -(at // 3600))
        self._used[second] += 1
        self._used[hour] += 1
        too_many = self._used[second] > self.seconds[module]
        if self.on and (too_many or self._used[hour] > self.hours[module]):
            raise rate_limited(self.status)


def module_of(path: str) -> str:
    """Whose limit counts."""
    if path.startswith("/v1/market/"):
        return "market"
    return "orders" if "/orders" in path else "accounts"
