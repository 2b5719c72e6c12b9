"""What comes with this broker and what does not: imports, size, and no way to move money out."""

import ast
import gc
import subprocess
import sys
import tracemalloc
from pathlib import Path

import floorbroker.brokers.kraken
from floorbroker.brokers.registry import all_brokers
from floorbroker.brokers.shared.transport import Transport
from tests.brokers.kraken.at_kraken import adapter_in, context_at
from tests.fakes.clock import ManualClock

FOLDER = Path(floorbroker.brokers.kraken.__file__).parent
SDKS = {spec.sdk_module for spec in all_brokers() if spec.sdk_module}
IDLE_BYTES = 12_000

PROGRAM = """
import sys
before = set(sys.modules)
import floorbroker.brokers.kraken.adapter
print(*{name.partition(".")[0] for name in set(sys.modules) - before})
"""


def test_only_this_brokers_sdk_is_loaded() -> None:
    answer = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        capture_output=True,
        text=True,
        check=True,
        cwd=FOLDER.parents[2],
    )
    packages = set(answer.stdout.split())

    assert packages & SDKS == {"krakenex"}
    assert not packages & {"pandas", "numpy", "websockets", "aiohttp"}


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
    forbidden = ("withdraw", "transfer", "deposit", "wallet", "earn/", "cancelall", "addexport")

    told = {(path.name, word) for path in FOLDER.glob("*.py") for word in words_in(path)}
    found = {one for one in told if any(word in one[1].lower() for word in forbidden)}

    # The word that a dangerous key is known by, and what people are told of it.
    assert {name for name, _ in found} == {"mapping.py", "spec.py"}
    assert {word for _, word in found if " " not in word} == {"withdraw"}


def methods_asked() -> list[str]:
    """The names of Kraken's methods in the calls of the one file that asks."""
    asking = {"_read", "_ask", "_public"}
    return [
        argument.value
        for node in ast.walk(ast.parse((FOLDER / "client.py").read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if node.func.attr in asking
        for argument in node.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    ]


def test_the_methods_that_are_asked_are_these() -> None:
    assert sorted(methods_asked()) == [
        "AddOrder",
        "AddOrder",
        "AmendOrder",
        "AssetPairs",
        "BalanceEx",
        "CancelOrder",
        "ClosedOrders",
        "GetApiKeyInfo",
        "OHLC",
        "OpenOrders",
        "QueryOrders",
        "QueryTrades",
        "Ticker",
        "Ticker",
        "TradeVolume",
    ]


def test_only_one_file_asks() -> None:
    asks = {
        path.name
        for path in FOLDER.glob("*.py")
        if {"query_private", "query_public"} & words_in(path)
    }

    assert asks == {"client.py"}


def test_an_idle_adapter_is_small() -> None:
    transport, clock = Transport(), ManualClock()
    context = context_at("http://127.0.0.1:1", transport, clock)

    adapter_in(context)  # what all of them share is made now
    gc.collect()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    kept = [adapter_in(context) for _ in range(200)]
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    transport.close()

    assert (after - before) / len(kept) <= IDLE_BYTES
