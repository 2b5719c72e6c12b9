"""What comes with this broker and what does not: imports, size, and no way to move money."""

import ast
import gc
import os
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest

import floorbroker.brokers.coinbase
from floorbroker.brokers.coinbase.client import CoinbaseClient
from floorbroker.brokers.registry import all_brokers
from floorbroker.brokers.shared.transport import Transport
from tests.brokers.coinbase.at_coinbase import EC_SECRET, KEY, adapter_in, context_at
from tests.fakes.clock import ManualClock

FOLDER = Path(floorbroker.brokers.coinbase.__file__).parent
SDKS = {spec.sdk_module for spec in all_brokers() if spec.sdk_module}
IDLE_BYTES = 12_000

PROGRAM = """
import sys
before = set(sys.modules)
import floorbroker.brokers.coinbase.adapter
print(*{name.partition(".")[0] for name in set(sys.modules) - before})
"""

OPERATORS = """
import sys
from floorbroker.brokers.coinbase.client import _OneRequest
from requests import Session
try:
    _OneRequest(Session(), "http://127.0.0.1:1", sys.argv[1], sys.argv[2], print)
except ValueError as error:
    print("refused:", error)
try:
    sdk = _OneRequest(Session(), "http://127.0.0.1:1", "person", "theirs", print)
    print("took", sdk.api_key, sdk.api_secret)
    sdk.forget()
    print("after", repr(sdk.api_key), repr(sdk.api_secret), sdk.is_authenticated)
except ValueError as error:
    print(error)
"""

UNGUARDED = """
from coinbase.rest import RESTClient
client = RESTClient()
print(client.api_key, client.is_authenticated)
"""


def run(program: str, *arguments: str, **environment: str) -> str:
    answer = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        capture_output=True,
        text=True,
        check=True,
        cwd=FOLDER.parents[2],
        env={**os.environ, **environment},
    )
    return answer.stdout


def test_only_this_brokers_sdk_is_loaded() -> None:
    packages = set(run(PROGRAM).split())

    assert packages & SDKS == {"coinbase"}
    assert not packages & {"pandas", "numpy", "websockets", "aiohttp"}


def test_the_sdk_alone_takes_the_operators_key() -> None:
    told = run(UNGUARDED, COINBASE_API_KEY="operators", COINBASE_API_SECRET="theirs")

    assert told.split() == ["operators", "True"]


@pytest.mark.parametrize("given", [("", ""), ("", "theirs"), ("person", "")])
def test_without_a_key_nothing_of_the_operators_is_taken(given: tuple[str, str]) -> None:
    told = run(
        OPERATORS, *given, COINBASE_API_KEY="operators", COINBASE_API_SECRET="operators-secret"
    )

    assert told.splitlines() == [
        "refused: without a key the SDK takes the operator's from the environment",
        "took person theirs",
        "after '' '' False",
    ]


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


def test_nothing_here_can_withdraw_transfer_or_convert() -> None:
    forbidden = (
        "withdraw",
        "transfer",
        "deposit",
        "convert",
        "move_funds",
        "payment",
        "allocate",
        "sweep",
        "close_position",
        "_portfolio(",
    )

    told = {(path.name, word) for path in FOLDER.glob("*.py") for word in words_in(path)}
    found = {one for one in told if any(word in one[1].lower() for word in forbidden)}

    # The right that a dangerous key is known by, and what people are told of it.
    assert {word for _, word in found if " " not in word} == {"can_transfer"}
    assert {name for name, word in found if " " in word} == {"spec.py"}


def paths_asked() -> list[str]:
    """The paths in the calls of the one file that asks; what is put into one shows as a star."""
    asking = {"_read", "_ask", "_public"}
    found = []
    named: dict[str, str] = {}
    for node in ast.walk(ast.parse((FOLDER / "client.py").read_text())):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.JoinedStr):
            assert isinstance(node.targets[0], ast.Name)
            named[node.targets[0].id] = _shown(node.value)
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in asking
            and len(node.args) > 1
        ):
            found.append(_shown(node.args[1]))
    return sorted(named.get(one, one) for one in found)


def _shown(node: ast.expr) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(_shown(part) for part in node.values)
    if isinstance(node, ast.Constant):
        return str(node.value)
    return node.id if isinstance(node, ast.Name) else "*"


def test_the_paths_that_are_asked_are_these() -> None:
    assert paths_asked() == [
        "accounts",
        "key_permissions",
        "orders",
        "orders/batch_cancel",
        "orders/edit",
        "orders/historical/*",
        "orders/historical/batch",
        "orders/historical/fills",
        "orders/preview",
        "portfolios",
        "product_book",
        "products",
        "products/*/candles",
    ]


def test_only_one_file_asks_and_with_two_methods() -> None:
    sending = {"prepare_and_send_request", "send_request"}
    asks = {path.name for path in FOLDER.glob("*.py") if sending & words_in(path)}
    methods = {"GET", "POST", "PUT", "DELETE", "PATCH"}

    assert asks == {"client.py"}
    assert words_in(FOLDER / "client.py") & methods == {"GET", "POST"}


def test_none_of_the_sdks_own_calls_is_used() -> None:
    own = {name for name in vars(CoinbaseClient) if not name.startswith("_")}
    words = words_in(FOLDER / "client.py")

    assert "create_order" not in words | own
    assert not words & {"market_order", "edit_order_preview", "get_unix_time", "list_orders"}


def test_an_idle_adapter_is_small() -> None:
    transport, clock = Transport(), ManualClock()
    context = context_at("http://127.0.0.1:1", transport, clock)

    adapter_in(context, KEY, EC_SECRET)  # what all of them share is made now
    gc.collect()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    kept = [adapter_in(context, KEY, EC_SECRET) for _ in range(200)]
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    transport.close()

    assert (after - before) / len(kept) <= IDLE_BYTES
