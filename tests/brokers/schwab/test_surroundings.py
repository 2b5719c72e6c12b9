"""What comes with this broker and what does not: imports, size, and no way to move money out."""

import ast
import gc
import subprocess
import sys
import tracemalloc
from pathlib import Path

import floorbroker.brokers.schwab
from floorbroker.brokers.registry import all_brokers
from floorbroker.brokers.schwab.client import Words
from floorbroker.brokers.shared.transport import Transport
from tests.brokers.schwab.at_schwab import adapter_in, context_at
from tests.fakes.clock import ManualClock

FOLDER = Path(floorbroker.brokers.schwab.__file__).parent
SDKS = {spec.sdk_module for spec in all_brokers() if spec.sdk_module}
IDLE_BYTES = 6_000

PROGRAM = """
import sys, warnings
warnings.simplefilter("ignore")
before = set(sys.modules)
import floorbroker.brokers.schwab.adapter
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

    assert packages & SDKS == {"schwab"}
    assert not packages & {"pandas", "numpy", "aiohttp", "requests", "flask"}


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
    forbidden = ("withdraw", "transfer", "deposit", "journal", "wire_out", "disburse")

    found = {
        (path.name, word)
        for path in FOLDER.glob("*.py")
        for word in words_in(path)
        if any(one in word.lower() for one in forbidden)
    }

    assert found == set()


def methods_asked() -> list[str]:
    """The SDK's methods in the one file that uses them."""
    return sorted(
        node.func.attr
        for node in ast.walk(ast.parse((FOLDER / "calls.py").read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Attribute)
        and node.func.value.attr == "_words"
    )


def test_the_methods_that_are_asked_are_these() -> None:
    assert methods_asked() == [
        "cancel_order",
        "get_account",
        "get_account_numbers",
        "get_accounts",
        "get_instruments",
        "get_market_hours",
        "get_option_chain",
        "get_option_expiration_chain",
        "get_order",
        "get_orders_for_account",
        "get_price_history",
        "get_quotes",
        "get_user_preferences",
        "place_order",
        "preview_order",
        "replace_order",
    ]


def test_only_one_file_sends() -> None:
    sending = {"stream", "async_httpx"}

    assert {path.name for path in FOLDER.glob("*.py") if sending & words_in(path)} == {"line.py"}


def test_the_sdk_has_no_session_and_keeps_no_key() -> None:
    import schwab

    before = set(schwab.LOG_REDACTOR.redacted_strings)
    words = Words()

    assert set(schwab.LOG_REDACTOR.redacted_strings) - before <= {"floorbroker"}
    assert not hasattr(words.session, "get")


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
