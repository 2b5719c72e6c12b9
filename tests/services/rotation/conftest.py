"""Processes before, during and after a rotation, on one SQLite store that can be made to fail."""

import pytest

from floorbroker.storage.documents import Documents
from tests.fakes.flaky_documents import FlakyDocuments
from tests.rotating import BOTH, NEW, OLD, Process, process


@pytest.fixture
def old(documents: Documents) -> Process:
    """A process from before the new key."""
    return process(documents, OLD)


@pytest.fixture
def other(documents: Documents) -> Process:
    """Another process of the present."""
    return process(documents, BOTH)


@pytest.fixture
def rotating(store: FlakyDocuments) -> Process:
    """The process that rotates; its store can be made to fail."""
    return process(store, BOTH)


@pytest.fixture
def later(documents: Documents) -> Process:
    """A process from which the old key was taken."""
    return process(documents, NEW)
