"""What comes with this broker and what does not: imports, size, and no way to move coins out."""

import ast
import gc
import re
import subprocess
import sys
import tracemalloc
from pathlib import Path

import floorbroker.brokers.binance
from floorbroker.brokers.binance.adapter import BinanceAdapter
from floorbroker.brokers.registry import all_brokers
from floorbroker.brokers.shared.transport import Transport
from tests.brokers.binance.at_binance import adapter_in, context_at
from tests.fakes.clock import ManualClock
from tests.simulators.binance import BinanceSimulator, Person

FOLDER = Path(floorbroker.brokers.binance.__file__).parent
SDKS = {spec.sdk_module for spec in all_brokers() if spec.sdk_module}
IDLE_BYTES = 12_000
"""Of one that is connected; the testing server's own memory of it is in there too."""

PROGRAM = """
import sys
before = set(sys.modules)
import floorbroker.brokers.binance.adapter
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


def test_only_this_brokers_sdk_is_loaded() -> None:
    packages = loaded_by_the_adapter()

    assert packages & SDKS == {"binance"}
    assert not packages & {"pandas", "numpy"}


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


TOLD_OF_A_KEY = {
    "withdraw",
    "enable_withdrawals",
    "enable_internal_transfer",
    "permits_universal_transfer",
}
"""Names of rights, by which a key that has one of them is refused."""


def test_nothing_here_can_withdraw_or_transfer() -> None:
    forbidden = ("withdraw", "transfer", "/capital", "convert", "/asset", "dust", "subaccount")

    told = {word for path in FOLDER.glob("*.py") for word in words_in(path)}
    short = {word for word in told if " " not in word} - TOLD_OF_A_KEY

    assert not {one for one in short if any(word in one.lower() for word in forbidden)}


def test_the_addresses_that_are_asked_are_these() -> None:
    source = (FOLDER / "calls.py").read_text()

    asked = re.findall(r'(?:_read|_public|_ask|ask_wallet)\((?:[A-Z_]+, )?"([^"]+)"', source)

    assert set(asked) == {
        "account",
        "account/apiRestrictions",
        "allOrders",
        "delete",
        "exchangeInfo",
        "klines",
        "myTrades",
        "openOrders",
        "order",
        "post",
        "ticker/24hr",
        "ticker/price",
        "time",
    }
    assert source.count('"order", checked, True') == 1
    assert source.count("sdk.ask(") == 3
    assert source.count("sdk.ask_wallet(") == 1


async def test_an_idle_adapter_is_small(
    simulator: BinanceSimulator, anna: Person, transport: Transport, clock: ManualClock
) -> None:
    context = context_at(simulator.url, transport, clock)

    async def made() -> BinanceAdapter:
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
