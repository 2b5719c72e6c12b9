"""What a failure says while an order of which it speaks may be at its broker."""

from collections.abc import Iterator
from contextlib import contextmanager

from floorbroker.domain.error_codes import Sent
from floorbroker.domain.errors import FloorbrokerError


@contextmanager
def nothing_new() -> Iterator[None]:
    """Around what concerns an order that may be at its broker, and has sent nothing if it fails.

    "Nothing was sent" alone could be read as if that order had never left.
    """
    try:
        yield
    except FloorbrokerError as error:
        if error.sent is Sent.NOTHING:
            error.sent = Sent.NOTHING_NEW
        raise
