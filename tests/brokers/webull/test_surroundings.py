"""What comes with this broker and what does not: imports, size, and no way to move money out."""

import ast
import gc
import subprocess
import sys
import tracemalloc
from pathlib import Path

import floorbroker.brokers.webull
from floorbroker.brokers.registry import all_brokers
from floorbroker.brokers.shared.transport import Transport
from floorbroker.brokers.webull.adapter import WebullAdapter
from tests.brokers.webull.at_webull import adapter_in, context_at
from tests.fakes.clock import ManualClock
from tests.simulators.webull import App, WebullSimulator

FOLDER = Path(floorbroker.brokers.webull.__file__).parent
SDKS = {spec.sdk_module for spec in all_brokers() if spec.sdk_module} | {"webull"}
IDLE_BYTES = 12_000
"""Of one that is connected; the testing server's own memory of it is in there too."""

PROGRAM = """
import sys
before = set(sys.modules)
import floorbroker.brokers.webull.adapter
print(*{name.partition(".")[0] for name in set(sys.modules) - before})
"""


def loaded_by_the_adapter() -> set[str]:
    """Top-level packages."""
    answer = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        capture_output=True,
        text=True,
        check=True,
        cwd=FOLDER.parents[2],
    )
    return set(answer.stdout.split())


def test_no_sdk_is_loaded() -> None:
    packages = loaded_by_the_adapter()

    assert "aiohttp" in packages
    assert not packages & SDKS
    assert not packages & {"pandas", "numpy", "cryptography", "grpc", "paho", "requests"}


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
    forbidden = ("withdraw", "transfer", "/funding", "journal", "ach_", "deposit", "wire_")

    told = {(path.name, word) for path in FOLDER.glob("*.py") for word in words_in(path)}

    assert not {one for one in told if any(word in one[1].lower() for word in forbidden)}


def test_the_addresses_that_are_asked_are_these() -> None:
    told = {word for path in FOLDER.glob("*.py") for word in words_in(path)}

    assert {word for word in told if word.startswith("/") and word != "/"} == {
        "/market-data/",
        "/market-data/stocks/bars/list",
        "/oauth2/tokens/create",
        "/snapshots/list",
        "/bars/list",
        "/trading/accounts/list",
        "/trading/assets/balances/get",
        "/trading/assets/positions/list",
        "/trading/instruments/crypto/profiles/list",
        "/trading/instruments/options/contracts/list",
        "/trading/instruments/stocks/profiles/list",
        "/trading/orders/cancel",
        "/trading/orders/get",
        "/trading/orders/historical-orders/list",
        "/trading/orders/open-orders/list",
        "/trading/orders/place",
        "/trading/orders/preview",
        "/trading/orders/replace",
    }


def test_requests_are_sent_in_one_place_only() -> None:
    sending = {
        path.name
        for path in FOLDER.glob("*.py")
        if "session.request(" in path.read_text() or "aiohttp.request" in path.read_text()
    }

    assert sending == {"exchange.py"}


async def test_an_idle_adapter_is_small(
    simulator: WebullSimulator, app: App, transport: Transport, clock: ManualClock
) -> None:
    context = context_at(simulator.url, transport, clock)

    async def made() -> WebullAdapter:
        adapter = adapter_in(context)
        await adapter.connect()
        return adapter

    first = await made()  # what all of them share is made now
    simulator.received.clear()
    kept = []
    gc.collect()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    for _ in range(50):
        kept.append(await made())
        simulator.received.clear()
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    for one in (first, *kept):
        await one.close()

    assert (after - before) / len(kept) <= IDLE_BYTES
    assert simulator.connections == 1
