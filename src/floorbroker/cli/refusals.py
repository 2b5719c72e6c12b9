"""What a service refuses, as the end of a command: a sentence and an exit code."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from floorbroker.cli.giving_up import FAILED, MISCONFIGURED, GivenUp
from floorbroker.cli.printable import printable
from floorbroker.domain.errors import (
    BrokerRetired,
    DeploymentModeError,
    FloorbrokerError,
    InvalidInput,
    MissingExtra,
    NotLinked,
    NotSupported,
    Paused,
    PolicyRefused,
    StoreUnavailable,
)

_FOR_GOOD: Final = (
    BrokerRetired,
    DeploymentModeError,
    InvalidInput,
    MissingExtra,
    NotLinked,
    NotSupported,
    Paused,
    PolicyRefused,
)
"""Something must be typed or set in another way first."""


@contextmanager
def sentences_for_refusals() -> Iterator[None]:
    """For whatever asks a service.

    Raises:
        GivenUp: It refused. An unavailable store passes: it has sentences of its own.
    """
    try:
        yield
    except StoreUnavailable:
        raise
    except FloorbrokerError as error:
        code = MISCONFIGURED if isinstance(error, _FOR_GOOD) else FAILED
        raise GivenUp(_sentence(error), code) from None


def _sentence(error: FloorbrokerError) -> str:
    if isinstance(error, MissingExtra):
        return f"The package for this broker is not installed: {error.detail}"
    if isinstance(error, DeploymentModeError):
        return error.message  # several lines, all of them ours
    return printable(error.message)
