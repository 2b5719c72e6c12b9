"""What holds for every test: under CI=true a skipped test is a failed one, unless it is `live`."""

import os
from collections.abc import Generator, Iterator

import hypothesis
import pytest
import stamina

from tests.observability.captured import logging_kept

# A machine that is busy is no reason to fail; under CI=true hypothesis thinks so by itself.
hypothesis.settings.register_profile("unhurried", hypothesis.settings.default, deadline=None)
hypothesis.settings.load_profile("unhurried")

pytest_plugins = ["tests.stores", "tests.redis_server"]

stamina.set_testing(True, attempts=1)
"""Reads are tried once and nothing waits for time to pass; the test of the tries sets its own."""

UNDER_CI = os.environ.get("CI", "").lower() in {"1", "true"}


@pytest.fixture(autouse=True)
def _logging_kept() -> Iterator[None]:
    """A command run inside a test sets up logging for its process, which is every test's."""
    with logging_kept():
        yield


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skip into a failure; an expected failure, which pytest reports alike, stays one."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail"):
        _fail_if_skipped_under_ci(item, report)
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a whole file that skips itself, as importorskip does."""
    report = yield
    if report.skipped:
        _fail_if_skipped_under_ci(collector, report)
    return report


def _fail_if_skipped_under_ci(
    node: pytest.Item | pytest.Collector, report: pytest.TestReport | pytest.CollectReport
) -> None:
    if not UNDER_CI or node.get_closest_marker("live") is not None:
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    report.outcome = "failed"
    report.longrepr = f"CI runs every test, and {node.nodeid} did not run. {reason}"
