"""What comes with this broker and what does not: imports, size, and no way to move money out."""

import ast
import gc
import subprocess
import sys
import tracemalloc
from pathlib import Path

import floorbroker.brokers.alpaca
from floorbroker.brokers.registry import all_brokers
from floorbroker.brokers.shared.allowances import Allowances
from floorbroker.brokers.shared.cache import SharedCache
from floorbroker.brokers.shared.transport import Transport
from floorbroker.domain.ids import LinkId
from floorbroker.observability.metrics import Metrics
from tests.brokers.alpaca.at_alpaca import adapter_at
from tests.fakes.clock import ManualClock

FOLDER = Path(floorbroker.brokers.alpaca.__file__).parent
SDKS = {spec.sdk_module for spec in all_brokers() if spec.sdk_module}
IDLE_BYTES = 10_000

PROGRAM = """
import sys
before = set(sys.modules)
import floorbroker.brokers.alpaca.adapter
print(*{name.partition(".")[0] for name in set(sys.modules) - before})
print(*(name for name in sys.modules if name.startswith("alpaca")))
"""


def loaded_by_the_adapter() -> tuple[set[str], set[str]]:
    """Top-level packages, and modules of the SDK."""
    answer = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        capture_output=True,
        text=True,
        check=True,
        cwd=FOLDER.parents[2],
    )
    packages, modules = answer.stdout.splitlines()
    return set(packages.split()), set(modules.split())


def test_only_this_brokers_sdk_is_loaded_and_pandas_stays_away() -> None:
    packages, modules = loaded_by_the_adapter()

    assert packages & SDKS == {"alpaca"}
    assert not packages & {"pandas", "numpy", "websockets", "msgpack"}
    assert not {name for name in modules if name.startswith(("alpaca.data", "alpaca.trading"))}


def words_in(path: Path) -> set[str]:
    """Names and texts of a file, those of its documentation left out."""
    tree = ast.parse(path.read_text())
    told: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            told.add(node.value)
        elif isinstance(node, ast.Name):
            told.add(node.id)
        elif isinstance(node, ast.Attribute | ast.FunctionDef | ast.AsyncFunctionDef):
            told.add(node.attr if isinstance(node, ast.Attribute) else node.name)
    return {word for word in told if "\n" not in word}


def test_nothing_here_can_withdraw_or_transfer() -> None:
    forbidden = ("withdraw", "transfer", "wallet", "journal", "ach_", "/positions/", "tokenization")

    told = {(path.name, word) for path in FOLDER.glob("*.py") for word in words_in(path)}

    assert not {one for one in told if any(word in one[1].lower() for word in forbidden)}


def test_the_addresses_that_are_asked_are_these() -> None:
    told = words_in(FOLDER / "client.py")

    assert {word for word in told if word.startswith("/")} == {
        "/account",
        "/account/activities/FILL",
        "/account/configurations",
        "/assets",
        "/assets/",
        "/clock",
        "/crypto/us/snapshots",
        "/options/contracts",
        "/options/contracts/",
        "/options/snapshots",
        "/orders",
        "/orders/",
        "/orders:by_client_order_id",
        "/positions",
        "/stocks/snapshots",
    }


def test_an_idle_adapter_is_small() -> None:
    transport, clock = Transport(), ManualClock()
    nowhere = "http://127.0.0.1:1"
    cache, allowances = SharedCache(clock), Allowances(clock, Metrics())

    def made(number: int) -> object:
        own = {"link_id": LinkId(f"link-{number}"), "cache": cache, "allowances": allowances}
        return adapter_at(nowhere, nowhere, transport, clock, **own)

    made(0)  # what all of them share is made now
    gc.collect()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    kept = [made(number) for number in range(1, 201)]
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    transport.close()

    assert (after - before) / len(kept) <= IDLE_BYTES
