"""Ways in which the simulator misbehaves, and which requests they are for."""

import asyncio
import re
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from tests.simulators.serving.asking import Refusal

KINDS: Final = frozenset({"place", "cancel", "modify", "read", "data", "any"})
"""What `Gate.kinds` may say of a request; one request may be of several."""


class Fault(Enum):
    """What happens instead of the proper answer."""

    HANG = "hang"
    """Nothing, until `Trouble.release` (then the proper answer) or the end of the server.

    Without the request carried out, the proper answer of this and the next two is a 504 page.
    """
    LATE = "late"
    """The proper answer after `delay` seconds."""
    FAR = "far"
    """The proper answer, but the request takes `delay` seconds to arrive, and the answer as long.

    Whoever sent it may be gone by then: it is carried out all the same.
    """
    DRIP = "drip"
    """The proper answer a byte at a time, with `delay` seconds between two."""
    INTERNAL_ERROR = "500"
    """500 with an HTML page, as a proxy sends it; likewise the three below."""
    BAD_GATEWAY = "502"
    UNAVAILABLE = "503"
    GATEWAY_TIMEOUT = "504"
    TOO_MANY_REQUESTS = "429"
    """The broker's own refusal: `Gate.too_many`."""
    RESET = "reset"
    """The connection is reset (RST)."""
    CLOSE = "close"
    """The connection is closed without a byte."""
    INVALID_JSON = "invalid json"
    """200 with words that are no JSON."""
    TRUNCATED = "truncated"
    """200 with half of the announced body, then the connection is closed."""
    LIST = "list"
    """200 with an empty JSON list."""
    EMPTY_OBJECT = "empty object"
    """200 with an empty JSON object."""
    EMPTY_BODY = "empty body"
    """200 without a body."""


@dataclass(slots=True, kw_only=True, eq=False)
class Trouble:
    """A fault that is on.

    Attributes:
        on: "place", "cancel", "modify", "read" (whatever changes nothing), "data" (of these, market
            data), "any", or a pattern for the whole decoded path, such as "/v2/orders/.*".
        times: For how many more requests; None until it is lifted.
        carried_out: Whether the request is carried out before things go wrong.
        refusal: What is answered where the fault is a refusal.
        reached: Set when a request has run into it (and was carried out, if it is).
        hits: How many requests have.
    """

    on: str
    fault: Fault | None
    times: int | None = None
    carried_out: bool = True
    delay: float = 0.0
    refusal: Refusal | None = None
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)
    hits: int = 0

    def __post_init__(self) -> None:
        """A kind that nobody knows would never be met."""
        if self.on not in KINDS and not self.on.startswith("/"):
            raise ValueError(self.on)

    def release(self) -> None:
        """Lets go of whatever hangs; those that come later are no longer held."""
        self.released.set()
        self.lift()

    def lift(self) -> None:
        """Meets no further request."""
        self.times = 0

    def meets(self, kinds: frozenset[str], path: str) -> bool:
        """Whether it is on for this request."""
        if self.times is not None and self.times <= 0:
            return False
        if self.on in KINDS:
            return self.on in kinds
        return re.fullmatch(self.on, path) is not None

    def take(self) -> None:
        """One request runs into it."""
        self.hits += 1
        if self.times is not None:
            self.times -= 1
