"""Link, then verify, as processes of their own: the real SDK against a simulated Alpaca."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from tests.cli.at_home import CANARY, HOME, OWNER
from tests.environment import child_environment
from tests.simulators.alpaca import AlpacaSimulator

PATIENCE_SECONDS: Final = 90
KEY, SECRET = "PKCANARY00000000000", f"{CANARY}-and-some-more-characters"
MAIN: Final = "from floorbroker.cli.app import main; main()"


class Ended(NamedTuple):
    """A process that came to its end."""

    code: int
    out: str
    err: str


class Console:
    """One person's machine."""

    def __init__(self, folder: Path, simulator: AlpacaSimulator) -> None:
        name = simulator.environment
        endpoints = f"alpaca.{name}={simulator.url},alpaca.data={simulator.data_url}"
        self._folder = folder
        self._settings = {**HOME, "BROKER_ENDPOINTS": endpoints, "LIVE_TRADING": "on"}

    async def types(self, *arguments: str, answers: tuple[str, ...] = ()) -> Ended:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", MAIN, *arguments),
            cwd=self._folder,
            env=child_environment(**self._settings),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        written = "".join(f"{answer}\n" for answer in answers).encode()
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                out, err = await process.communicate(written)
        finally:
            if process.returncode is None:
                process.kill()
        return Ended(process.returncode or 0, out.decode(), err.decode())


@pytest.fixture(params=["paper"])
async def simulator(request: pytest.FixtureRequest) -> AsyncIterator[AlpacaSimulator]:
    async with AlpacaSimulator(environment=request.param) as simulator:
        simulator.add_person(KEY, SECRET)
        simulator.market.set("AAPL", bid="189.90", ask="190.00")
        yield simulator


@pytest.fixture
def console(tmp_path: Path, simulator: AlpacaSimulator) -> Console:
    return Console(tmp_path, simulator)


def files(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


async def test_wrong_keys_are_a_sentence_and_nothing_is_stored(
    console: Console, tmp_path: Path
) -> None:
    wrong = f"{SECRET}-wrong"

    refused = await console.types("link", "alpaca", answers=(KEY, wrong))
    after = await console.types("verify", "Alpaca paper")

    assert refused.code == 1
    assert refused.err.endswith("Alpaca does not accept these keys.\nNothing was stored.\n")
    assert (after.code, after.out) == (2, "")
    assert "There is no link of that name." in after.err
    assert CANARY not in refused.out + refused.err
    assert CANARY.encode() not in files(tmp_path)


async def test_an_account_is_linked_and_verified_with_one_order_and_no_secret_is_anywhere(
    console: Console, simulator: AlpacaSimulator, tmp_path: Path
) -> None:
    linked = await console.types("link", "alpaca", answers=(KEY, SECRET))
    verified = await console.types("verify", "Alpaca paper")

    assert linked.code == 0, linked.err
    assert "Alpaca paper is connected. It reaches:\n  PAPER  …" in linked.out
    assert verified.code == 0, verified.out + verified.err
    assert verified.out.startswith("## floorbroker verify: Alpaca PAPER, ok\n")
    assert "| SDK | alpaca-py " in verified.out
    assert "| Endpoints | set in BROKER_ENDPOINTS |" in verified.out
    assert simulator.orders_received == 1
    for secret in (KEY, CANARY):
        assert secret not in "".join((linked.out, linked.err, verified.out, verified.err))
        assert secret.encode() not in files(tmp_path)
    assert OWNER not in verified.out


@pytest.mark.parametrize("simulator", ["live"], indirect=True)
async def test_with_real_money_the_terms_come_first_and_only_reads_are_verified(
    console: Console, simulator: AlpacaSimulator
) -> None:
    linked = await console.types("link", "alpaca", "--live", answers=("yes", KEY, SECRET))
    refused = await console.types("verify", "Alpaca live")
    reads = await console.types("verify", "Alpaca live", "--read-only")

    assert linked.code == 0, linked.err
    assert linked.out.index("trades real money") < linked.out.index("  LIVE  …")
    assert (refused.code, refused.out) == (2, "")
    assert reads.code == 0, reads.out + reads.err
    assert "reads only" in reads.out
    assert simulator.orders_received == 0
