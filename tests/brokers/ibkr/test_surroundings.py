"""What comes with this broker and what does not: imports, threads, and no way to move money out."""

import ast
import subprocess
import sys
import threading
from pathlib import Path

import floorbroker.brokers.ibkr
from floorbroker.brokers.ibkr.adapter import IbkrAdapter
from floorbroker.brokers.registry import all_brokers
from floorbroker.domain.portfolio import BrokerAccount
from tests.simulators.tws import TwsSimulator

FOLDER = Path(floorbroker.brokers.ibkr.__file__).parent
SDKS = {spec.sdk_module for spec in all_brokers() if spec.sdk_module}

ADAPTER = """
import sys
before = set(sys.modules)
import floorbroker.brokers.ibkr.adapter
import floorbroker.brokers.ibkr.examination
print(*{name.partition(".")[0] for name in set(sys.modules) - before})
"""

ROOT = Path(__file__).parents[3]
"""Where the tests are, whichever copy of the package they look at."""

MULTI_USER = """
import sys
from floorbroker.brokers.factory import BrokerFactory
from floorbroker.brokers.registry import all_brokers
from floorbroker.domain.clock import SystemClock
from floorbroker.domain.errors import FloorbrokerError
from floorbroker.domain.ids import LinkId, UserId
from floorbroker.domain.modes import DeploymentMode, Environment
from tests.brokers.fakes.surroundings import shared

clock = SystemClock()
factory = BrokerFactory(DeploymentMode.MULTI_USER, clock=clock, shared=shared(clock))
refused = False
try:
    factory.create(
        "ibkr",
        environment=Environment.PAPER,
        user_id=UserId("1"),
        link_id=LinkId("l"),
        credentials={},
    )
except FloorbrokerError as error:
    refused = "Single-User" in error.words.title
assert refused
assert not {"ib_insync", "eventkit"} & {name.partition(".")[0] for name in sys.modules}
assert not [name for name in sys.modules if name.startswith("floorbroker.brokers.ibkr.adapter")]
print("clean")
"""


def run(program: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    ).stdout


def test_importing_the_adapter_imports_no_sdk() -> None:
    packages = set(run(ADAPTER).split())

    assert not packages & SDKS
    assert not packages & {"eventkit", "pandas", "numpy"}


def test_for_many_users_nothing_of_it_is_imported() -> None:
    assert run(MULTI_USER).strip() == "clean"


async def test_no_thread_is_started(
    simulator: TwsSimulator, adapter: IbkrAdapter, account: BrokerAccount
) -> None:
    before = threading.active_count()

    await adapter.positions(account)

    assert threading.active_count() == before


def calls_on_the_sdk() -> set[str]:
    """The methods that this folder calls on the SDK's two objects."""
    found = set()
    for path in FOLDER.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Attribute):
                continue
            owner = ast.unparse(node.value)
            if owner in {"ib", "ib.client", "self.ib", "self.ib.client", "client.ib"}:
                found.add(node.attr)
    return found


def test_nothing_here_blocks_or_moves_money_or_ends_all_orders() -> None:
    found = calls_on_the_sdk()

    assert "reqAllOpenOrdersAsync" in found
    assert not found & {
        "sleep",
        "run",
        "waitOnUpdate",
        "connect",
        "placeOrder" + "Blocking",
        "reqGlobalCancel",
        "exerciseOptions",
        "replaceFA",
        "reqPositions",
        "reqOpenOrders",
        "qualifyContracts",
        "reqTickers",
    }


def test_an_order_is_handed_over_in_one_place() -> None:
    handing = [
        path.name
        for path in FOLDER.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in {"placeOrder", "cancelOrder"}
    ]

    assert handing == ["client.py", "client.py"]
