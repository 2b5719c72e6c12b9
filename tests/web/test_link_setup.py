"""When the page is there, under which address, and that the wheel holds all of it."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from aiohttp import ClientSession

from floorbroker.config import Settings, SettingsProblem
from floorbroker.observability.metrics import Metrics
from floorbroker.web.app import build_web_app, run_web
from floorbroker.web.links import LinkPages, link_pages
from floorbroker.web.public_url import PublicUrl
from tests.floor import House
from tests.web.link_world import Ready, chosen_settings

ROOT = Path(__file__).parents[2]
WEB = ROOT / "src" / "floorbroker" / "web"


def made(house: House, chosen: Settings) -> LinkPages | None:
    return link_pages(house, chosen)  # type: ignore[arg-type]  # as much of a Floor as is used


@pytest.mark.parametrize("missing", ["public_url", "discord_client_id", "discord_client_secret"])
async def test_without_one_of_the_three_settings_there_is_no_page(
    house: House, missing: str
) -> None:
    chosen = chosen_settings(0, **{"public_url": "https://bot.example.com", missing: ""})

    assert made(house, chosen) is None
    app = build_web_app(
        readiness=Ready(), metrics=Metrics(), metrics_token=None, links=made(house, chosen)
    )
    async with run_web(app, "127.0.0.1", 0) as port, ClientSession() as session:
        for path in (f"link/{'a' * 43}", "identity", "static/floor.css"):
            async with session.get(f"http://127.0.0.1:{port}/{path}") as answer:
                assert (answer.status, await answer.text()) == (404, "Not Found\n")


def test_with_all_three_there_is_one(house: House) -> None:
    assert made(house, chosen_settings(0, public_url="https://bot.example.com")) is not None


@pytest.mark.parametrize(
    "address",
    [
        "bot.example.com",
        "http://bot.example.com",
        "http://10.0.0.1:8080",
        "ftp://bot.example.com",
        "https://",
        "https://bot.example.com:0",
        "https://bot.example.com:port",
        "https://user:canary@bot.example.com",
        "https://bot.example.com?x=canary",
        "https://bot.example.com#canary",
        "javascript:alert(1)",
    ],
)
def test_an_address_that_browsers_must_not_be_sent_to_is_a_sentence(
    house: House, address: str
) -> None:
    with pytest.raises(SettingsProblem, match=r"^PUBLIC_URL: set the https address") as problem:
        made(house, chosen_settings(0, public_url=address))

    assert "canary" not in str(problem.value)


@pytest.mark.parametrize(
    ("address", "origin", "host", "callback"),
    [
        ("https://bot.example.com", "https://bot.example.com", "bot.example.com", ""),
        ("https://Bot.Example.com:443/", "https://bot.example.com", "bot.example.com", ""),
        ("https://b.example:8443", "https://b.example:8443", "b.example:8443", ""),
        ("https://b.example/floor/", "https://b.example", "b.example", "/floor"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080", "127.0.0.1:8080", ""),
        ("http://localhost", "http://localhost", "localhost", ""),
        ("http://[::1]:8080", "http://[::1]:8080", "[::1]:8080", ""),
    ],
)
def test_an_address_in_its_parts(address: str, origin: str, host: str, callback: str) -> None:
    parsed = PublicUrl.parse(address)

    assert (parsed.origin, parsed.host) == (origin, host)
    assert parsed.of("/identity") == f"{origin}{callback}/identity"
    assert parsed.secure == address.startswith("https")


def test_the_wheel_holds_every_page(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)

    (wheel,) = tmp_path.glob("*.whl")
    packed = set(zipfile.ZipFile(wheel).namelist())
    wanted = {*WEB.glob("templates/*"), *WEB.glob("static/*")}
    assert len(wanted) >= 8
    assert {path.relative_to(ROOT / "src").as_posix() for path in wanted} <= packed
