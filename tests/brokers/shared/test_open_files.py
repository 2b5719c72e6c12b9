"""The limit of open files: taken where it is given, and never used up by websockets."""

import resource
from collections.abc import Iterator

import pytest

from floorbroker.brokers.shared import open_files
from floorbroker.brokers.shared.http_async import most_websockets
from floorbroker.brokers.shared.transport import Transport

BEFORE = resource.getrlimit(resource.RLIMIT_NOFILE)


@pytest.fixture(autouse=True)
def a_thousand() -> Iterator[None]:
    """As many systems begin."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, BEFORE[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, BEFORE)


def test_the_process_takes_what_the_system_gives_for_the_asking() -> None:
    open_files.allow_enough()

    assert open_files.most() == min(BEFORE[1], open_files.ENOUGH)
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[1] == BEFORE[1]


async def test_websockets_leave_half_of_the_files_to_all_else() -> None:
    transport = Transport()

    assert most_websockets() == transport._websockets.limit == 512
    await transport.aclose()
