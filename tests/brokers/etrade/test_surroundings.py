"""What comes with this broker and what does not: imports, size, and no way to move money out."""

import ast
import gc
import re
import subprocess
import sys
import tracemalloc
from pathlib import Path

import floorbroker.brokers.etrade
from floorbroker.brokers.registry import all_brokers
from floorbroker.brokers.shared.transport import Transport
from tests.brokers.etrade.at_etrade import adapter_in, context_at
from tests.fakes.clock import NOON, ManualClock
from tests.simulators.etrade import App

FOLDER = Path(floorbroker.brokers.etrade.__file__).parent
SDKS = {spec.sdk_module for spec in all_brokers() if spec.sdk_module}
IDLE_BYTES = 16_000
GIVEN = {
    "access_token": "token-of-a-test",
    "access_token_secret": "secret-of-a-test",
    "granted_at": NOON.isoformat(),
    "renewed_at": NOON.isoformat(),
}

PROGRAM = """
import sys
before = set(sys.modules)
import floorbroker.brokers.etrade.{module}
print(*{{name.partition(".")[0] for name in set(sys.modules) - before}})
"""


def loaded_with(module: str) -> set[str]:
    answer = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(module=module)],
        capture_output=True,
        text=True,
        check=True,
        cwd=FOLDER.parents[2],
    )
    return set(answer.stdout.split())


def test_only_this_brokers_sdk_is_loaded() -> None:
    packages = loaded_with("adapter") | loaded_with("oauth")

    assert packages & SDKS == {"etrade_python"}
    assert not packages & {"pandas", "numpy", "websockets", "aiohttp", "requests"}


def test_the_manifest_loads_no_sdk() -> None:
    assert not loaded_with("spec") & SDKS


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
    forbidden = ("withdraw", "transfer", "deposit", "wire", "mutual", "exchange_fund", "alerts")

    told = {(path.name, word) for path in FOLDER.glob("*.py") for word in words_in(path)}
    found = {one for one in told if any(word in one[1].lower() for word in forbidden)}

    assert found == set()


def asked_for(name: str) -> set[str]:
    """Every address of the API in a file, what is put into it left open."""
    source = (FOLDER / name).read_text()
    return {
        re.sub(r"\{[^}]*\}", "…", one) for one in re.findall(r'"(/v1/[^"]*|/oauth/[^"]*)"', source)
    }


def test_the_addresses_that_are_asked_are_these() -> None:
    told = {one for path in FOLDER.glob("*.py") for one in asked_for(path.name)}

    assert told == {
        "/oauth/",  # where refusals are read
        "/v1/accounts/list.json",
        "/v1/accounts/…/balance.json",
        "/v1/accounts/…/orders.json",
        "/v1/accounts/…/orders/cancel.json",
        "/v1/accounts/…/orders/preview.json",  # and place.json in its stead
        "/v1/accounts/…/orders/…/change/preview.json",
        "/v1/accounts/…/orders/….json",
        "/v1/accounts/…/portfolio.json",
        "/v1/market/lookup/….json",
        "/v1/market/optionchains.json",
        "/v1/market/optionexpiredate.json",
        "/v1/market/quote/….json",
    }


def test_only_one_file_asks() -> None:
    asks = {path.name for path in FOLDER.glob("*.py") if "ApiTransport" in words_in(path)}

    assert asks == {"client.py"}


async def test_an_idle_adapter_is_small() -> None:
    transport, clock = Transport(), ManualClock()
    app = App(key="key-of-a-test", secret="secret-of-a-test")
    context = context_at("http://127.0.0.1:1", app, transport, clock)

    adapter_in(context, GIVEN)  # what all of them share is made now
    gc.collect()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    kept = [adapter_in(context, GIVEN) for _ in range(200)]
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    await transport.aclose()

    assert (after - before) / len(kept) <= IDLE_BYTES
