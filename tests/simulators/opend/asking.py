"""What a request says, and what becomes of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.simulators.opend.connection import Connection


class Refusal(Exception):
    """An answer with a `retType` other than 0."""

    def __init__(self, text: str, *, ret_type: int = -1, err_code: int = 0) -> None:
        """In OpenD's words."""
        super().__init__(text)
        self.text = text
        self.ret_type = ret_type
        self.err_code = err_code


@dataclass(frozen=True, slots=True)
class Asked:
    """One request.

    Attributes:
        c2s: The message inside it.
    """

    proto_id: int
    connection: "Connection"
    c2s: Any


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back, and what happens afterwards.

    Attributes:
        s2c: The message inside the response; None where it is empty.
        then: Done when the answer is on its way: pushes and fills.
    """

    s2c: Any = None
    then: Callable[[], None] | None = None


Handler = Callable[[Asked], Answer]
Handlers = Mapping[str, Handler]
"""By the name of the messages, such as `Trd_PlaceOrder`."""


@dataclass(frozen=True, slots=True)
class Received:
    """A request that arrived whole.

    Attributes:
        name: Of its messages, such as `Trd_PlaceOrder`; the number as text where OpenD has none.
        kind: `connect`, `alive`, `read`, `order`, `cancel`, `change` or `unlock`.
        request: The message; None where OpenD does not know it.
    """

    proto_id: int
    name: str
    kind: str
    request: Any
