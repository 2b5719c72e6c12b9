"""How OpenD misbehaves, for which requests, and how often."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final

KINDS: Final = frozenset({"connect", "alive", "read", "order", "cancel", "change", "unlock", "any"})
"""`connect` is InitConnect, `alive` KeepAlive; `any` is all but KeepAlive."""


class Fault(Enum):
    """What becomes of a request."""

    DROP_BEFORE = auto()
    """Nothing is done, and the connection is cut."""
    DROP_AFTER = auto()
    """It is carried out, and the connection is cut before the answer."""
    SILENCE = auto()
    """Nothing is done, nothing is answered, the connection stays."""
    SILENCE_AFTER = auto()
    """It is carried out, nothing is answered, the connection stays."""
    LATE = auto()
    """It is carried out, and the answer comes when the trouble is released."""
    RUBBISH = auto()
    """It is carried out, and the answer is no message."""
    BAD_HASH = auto()
    """It is carried out, and the answer does not fit its hash."""


_CARRIED_OUT: Final = frozenset(Fault) - {Fault.DROP_BEFORE, Fault.SILENCE}


@dataclass(frozen=True, slots=True)
class Error:
    """An answer with OpenD's own words.

    Attributes:
        text: `retMsg`.
        ret_type: -1 failed, -100 timeout, -200 disconnected, -400 unknown, -500 invalid
            (`Common.RetType`).
        carried_out: Whether the request is carried out in spite of it.
    """

    text: str = "Unknown error"
    ret_type: int = -1
    err_code: int = 0
    carried_out: bool = False


@dataclass(slots=True, eq=False)
class Trouble:
    """One arrangement.

    Attributes:
        kind: One of `KINDS`, or the name of messages.
        times: For how many more requests; None until lifted.
        struck: How many requests it has struck.
    """

    kind: str
    fault: "Fault | Error"
    times: int | None = 1
    struck: int = 0
    _held: list[Callable[[], None]] = field(default_factory=list)

    def takes(self, kind: str, name: str) -> bool:
        """Whether it strikes a request of that kind and name."""
        anything = self.kind == "any" and kind != "alive"
        return self.times != 0 and (anything or self.kind in {kind, name})

    @property
    def carries_out(self) -> bool:
        """Whether the request has its effect."""
        fault = self.fault
        return fault.carried_out if isinstance(fault, Error) else fault in _CARRIED_OUT

    def strike(self) -> None:
        """Counts one."""
        self.struck += 1
        if self.times is not None:
            self.times -= 1

    def hold(self, send: Callable[[], None]) -> None:
        """Keeps a late answer back."""
        self._held.append(send)

    def release(self) -> None:
        """Lets the late answers go."""
        held, self._held = self._held, []
        for send in held:
            send()
