"""Signing in at a broker from a terminal: an address out, the address of the browser back."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, urlsplit

import pytest

from floorbroker.cli.giving_up import GivenUp
from floorbroker.cli.link_sign_in import answer_in
from floorbroker.domain.errors import InvalidInput
from tests.cli.at_home import CANARY, HOME
from tests.environment import child_environment
from tests.simulators.alpaca import AlpacaSimulator

PATIENCE_SECONDS: Final = 90
MAIN: Final = "from floorbroker.cli.app import main; main()"
CLIENT, CLIENT_SECRET = "app-of-the-owner", f"{CANARY}-application"
REDIRECT: Final = "https://127.0.0.1"


@pytest.fixture
async def simulator() -> AsyncIterator[AlpacaSimulator]:
    async with AlpacaSimulator() as simulator:
        simulator.add_person("PKOWNER0000000000001", "s" * 40, name="Owner")
        simulator.add_app(CLIENT, CLIENT_SECRET, REDIRECT)
        yield simulator


class Linking:
    """`floorbroker link alpaca --sign-in`, as a process."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.out = ""

    async def address(self) -> str:
        """Where it sends the browser."""
        assert self._process.stdout is not None
        async with asyncio.timeout(PATIENCE_SECONDS):
            while line := (await self._process.stdout.readline()).decode():
                self.out += line
                if "/oauth/authorize?" in line:
                    return line.strip()
        raise AssertionError(self.out)

    async def ends(self, pasted: str) -> tuple[int, str]:
        """Its exit code and what it said of failures."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            out, err = await self._process.communicate(f"{pasted}\n".encode())
        self.out += out.decode()
        return self._process.returncode or 0, err.decode()


async def _started(folder: Path, simulator: AlpacaSimulator, **more: str) -> Linking:
    names = ("paper", "sign_in", "token")
    endpoints = ",".join(f"alpaca.{name}={simulator.url}" for name in names)
    environment = {
        **HOME,
        "BROKER_ENDPOINTS": f"{endpoints},alpaca.data={simulator.data_url}",
        "ALPACA_CLIENT_ID": CLIENT,
        "ALPACA_CLIENT_SECRET": CLIENT_SECRET,
        **more,
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", MAIN, "link", "alpaca", "--sign-in"),
        cwd=folder,
        env={**child_environment(**environment), "PYTHONUNBUFFERED": "1"},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    return Linking(process)


def _agreed(simulator: AlpacaSimulator, address: str, *, agrees: bool = True) -> str:
    """Where the browser ends up."""
    query = dict(parse_qsl(urlsplit(address).query))
    return simulator.oauth.decide(query, simulator.people[0], agrees=agrees)


def _files(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


async def test_an_account_is_linked_by_the_address_of_the_browser(
    tmp_path: Path, simulator: AlpacaSimulator
) -> None:
    linking = await _started(tmp_path, simulator)

    address = await linking.address()
    pasted = _agreed(simulator, address)
    code, err = await linking.ends(pasted)

    assert code == 0, err
    assert "Alpaca paper is connected." in linking.out
    (exchange,) = simulator.oauth.exchanges
    for secret in (CANARY, exchange["code"]):
        assert secret not in linking.out + err
        assert secret.encode() not in _files(tmp_path)


async def test_an_address_of_another_sign_in_links_nothing(
    tmp_path: Path, simulator: AlpacaSimulator
) -> None:
    linking = await _started(tmp_path, simulator)

    pasted = _agreed(simulator, await linking.address())
    forged = pasted.partition("state=")[0] + "state=of-another"
    code, err = await linking.ends(forged)

    assert code == 1
    assert "belongs to another sign-in" in err
    assert simulator.oauth.exchanges == []


async def test_whoever_did_not_agree_is_told_so(tmp_path: Path, simulator: AlpacaSimulator) -> None:
    linking = await _started(tmp_path, simulator)

    pasted = _agreed(simulator, await linking.address(), agrees=False)
    code, err = await linking.ends(pasted)

    assert code == 1
    assert "you did not agree there" in err


async def test_without_an_application_it_says_what_to_set(
    tmp_path: Path, simulator: AlpacaSimulator
) -> None:
    linking = await _started(tmp_path, simulator, ALPACA_CLIENT_SECRET="")

    code, err = await linking.ends("")

    assert code == 2
    assert "Signing in at Alpaca needs ALPACA_CLIENT_SECRET." in err


@pytest.mark.parametrize(
    "pasted",
    [
        "",
        "code=abc&state=right",
        "https://127.0.0.1:1/?code=abc&state=right",
        "http://127.0.0.1/?code=abc&state=right",
        "https://127.0.0.1.example.com/?code=abc&state=right",
        "https://127.0.0.1/elsewhere?code=abc&state=right",
        "https://127.0.0.1/?code=abc",
        "https://127.0.0.1/?code=abc&state=wrong",
        "https://127.0.0.1/?code=abc&state=right&state=wrong",
        "https://127.0.0.1/?code=abc&code=def&state=right",
        "https://[127.0.0.1/?code=abc&state=right",
        "https://127.0.0.1/?state=right&code=" + "a" * 5000,
    ],
)
def test_an_address_that_was_not_waited_for_is_not_used(pasted: str) -> None:
    with pytest.raises(InvalidInput):
        answer_in(pasted, REDIRECT, "right")


def test_the_right_address_is() -> None:
    answer = answer_in(" https://127.0.0.1/?code=C0.ab%40&state=right ", REDIRECT, "right")

    assert answer == {"code": "C0.ab@", "state": "right"}


def test_a_refusal_at_the_broker_ends_it() -> None:
    with pytest.raises(GivenUp, match="did not agree"):
        answer_in("https://127.0.0.1/?error=access_denied&state=right", REDIRECT, "right")
