"""What comes with this broker and what does not: imports, log files, signals, stalls."""

import ast
import asyncio
import logging
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

import floorbroker.brokers.moomoo
from floorbroker.brokers.moomoo.adapter import MoomooAdapter
from floorbroker.brokers.shared.gateways import Gateways
from floorbroker.brokers.shared.transport import Transport
from floorbroker.domain.errors import BrokerError
from floorbroker.observability.loop_lag import watch_loop_lag
from floorbroker.observability.metrics import Metrics
from tests.brokers.moomoo.at_moomoo import APPLE, BRISK, adapter_in, context_at
from tests.environment import child_environment
from tests.fakes.clock import ManualClock
from tests.simulators.opend import OpenDSimulator, sdk

FOLDER: Final = Path(floorbroker.brokers.moomoo.__file__).parent
STALL: Final = 0.1

IN_MULTI_USER_MODE: Final = """
import sys
import floorbroker.bootstrap
from floorbroker.brokers.factory import BrokerFactory
from floorbroker.brokers.gateway_checks import examiner
from floorbroker.brokers.registry import all_brokers
from floorbroker.domain.errors import DeploymentModeError
from floorbroker.domain.modes import DeploymentMode, Environment
factory = BrokerFactory(DeploymentMode.MULTI_USER, clock=None, shared=None)
for spec in all_brokers():
    try:
        factory.check(spec.id, Environment.PAPER)
    except Exception as error:
        print(spec.id, type(error).__name__)
print(*{name.partition(".")[0] for name in sys.modules})
"""

WITHOUT_A_CONNECTION: Final = """
import sys
import floorbroker.brokers.moomoo.adapter, floorbroker.brokers.moomoo.examination
import floorbroker.brokers.moomoo.unlock
print(*{name.partition(".")[0] for name in sys.modules})
"""

LOADED_IN_A_THREAD: Final = """
import os, signal, sys, threading, logging
from floorbroker.brokers.moomoo import client
before, home = signal.getsignal(signal.SIGINT), os.environ["HOME"]
failed = []
def load():
    try:
        client.load()
    except BaseException as error:
        failed.append(error)
thread = threading.Thread(target=load)
thread.start(); thread.join()
assert not failed, failed
assert signal.getsignal(signal.SIGINT) is before
assert os.environ["HOME"] == home
import moomoo
logger = moomoo.common.ft_logger.logger
logger.info("281756460288713754")
logger.warning2(logger.BOTH_FILE_CONSOLE, "281756460288713754")
logger.error2(logger.BOTH_FILE_CONSOLE, "281756460288713754")
assert not logger.file_logger.handlers and not logger.console_logger.handlers
assert moomoo.SysConfig.get_all_thread_daemon()
assert not os.path.exists(logger.log_path)
"""

NOWHERE_TO_WRITE: Final = """
import tempfile
from floorbroker.brokers.moomoo import client
from floorbroker.domain.errors import BrokerError
tempfile.tempdir = "/dev/null/nowhere"
try:
    client.load()
except BrokerError as error:
    print(error.message)
"""


def run(program: str, **environment: str) -> str:
    """What a fresh interpreter prints."""
    answer = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        capture_output=True,
        text=True,
        check=False,
        env=child_environment(**environment),
    )
    assert answer.returncode == 0, answer.stderr
    assert "281756460288713754" not in answer.stdout + answer.stderr
    return answer.stdout


def test_a_bot_for_many_never_loads_the_sdk() -> None:
    lines = run(IN_MULTI_USER_MODE).splitlines()

    assert "moomoo DeploymentModeError" in lines
    assert not {"moomoo", "pandas", "google"} & set(lines[-1].split())


def test_nothing_loads_the_sdk_before_a_connection_is_opened() -> None:
    assert not {"moomoo", "pandas", "numpy"} & set(run(WITHOUT_A_CONNECTION).split())


def test_the_sdk_is_loaded_without_a_log_a_word_or_the_signals(tmp_path: Path) -> None:
    assert run(LOADED_IN_A_THREAD, HOME=str(tmp_path)) == ""
    assert list(tmp_path.iterdir()) == []


def test_a_home_that_cannot_be_written_is_not_needed() -> None:
    assert run(LOADED_IN_A_THREAD, HOME="/dev/null/home") == ""


def test_nowhere_to_write_is_told_plainly() -> None:
    told = run(NOWHERE_TO_WRITE)

    assert "wants to open a log file" in told
    assert "TMPDIR" in told


async def test_the_sdk_logs_nothing_of_what_is_asked_and_answered(
    adapter: MoomooAdapter, capfd: pytest.CaptureFixture[str]
) -> None:
    await adapter.quote(APPLE)
    await adapter._gateway.close()
    await adapter.quote(APPLE)

    log = sdk().common.ft_logger.logger
    assert log.fileHandler not in log.file_logger.handlers
    assert log.consoleHandler not in log.console_logger.handlers
    assert not log.file_logger.isEnabledFor(logging.CRITICAL)
    assert "conn=" not in "".join(capfd.readouterr())


async def test_while_opend_is_down_the_loop_goes_on_and_no_thread_piles_up(
    simulator: OpenDSimulator, clock: ManualClock, transport: Transport
) -> None:
    gateways = Gateways(clock, replace(BRISK, slow=0.01))
    adapter = adapter_in(context_at(simulator, clock, gateways=gateways, transport=transport))
    await adapter.connect()
    before = threading.active_count()
    await simulator.stop()

    # A busy machine stalls everybody now and then; what blocks the loop does so each time.
    stalls = [await _stalls(adapter) for _ in range(3)]

    assert min(stalls) == 0
    assert threading.active_count() <= before + 1
    await gateways.aclose()


async def _stalls(adapter: MoomooAdapter) -> float:
    """How often the loop was held up too long while it was asked in vain thirty times."""
    metrics, refused = Metrics(), 0
    watching = asyncio.create_task(watch_loop_lag(metrics, interval_seconds=0.01))
    async with asyncio.timeout(30):
        while refused < 30:
            try:
                await adapter.quote(APPLE)
            except BrokerError:
                refused += 1
            await asyncio.sleep(0.01)
    watching.cancel()
    return _longer_than(metrics, STALL)


def words_in(path: Path) -> set[str]:
    """Names and texts of a file, those of its documentation left out."""
    told: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            told.add(node.value)
        elif isinstance(node, ast.Name):
            told.add(node.id)
        elif isinstance(node, ast.Attribute | ast.FunctionDef | ast.AsyncFunctionDef):
            told.add(node.attr if isinstance(node, ast.Attribute) else node.name)
    return {word for word in told if "\n" not in word}


def test_nothing_here_can_withdraw_or_transfer() -> None:
    forbidden = ("withdraw", "transfer", "deposit", "journal", "wire_out", "disburse", "cashflow")

    found = {
        (path.name, word)
        for path in FOLDER.glob("*.py")
        for word in words_in(path)
        if any(part in word.lower() for part in forbidden)
    }

    assert found == set()


def test_all_orders_at_once_can_never_be_canceled() -> None:
    """`forAll` with a real account ends every order of it, other people's programs' too."""
    calls = (FOLDER / "calls.py").read_text()

    assert calls.count("forAll") == 1
    assert '"forAll": False' in calls


def _longer_than(metrics: Metrics, seconds: float) -> float:
    """How many measurements of the loop's lag were above so much."""
    text, _ = metrics.render()
    samples = dict(
        line.rsplit(" ", 1)
        for line in text.decode().splitlines()
        if line.startswith("floorbroker_event_loop_lag_seconds")
    )
    name = "floorbroker_event_loop_lag_seconds"
    counted = float(samples[f"{name}_count"])
    assert counted > 10
    return counted - float(samples[f'{name}_bucket{{le="{seconds}"}}'])
