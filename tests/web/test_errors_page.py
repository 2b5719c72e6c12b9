"""The page that explains every code: what it says, who may have it how often, and its headers."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import unescape
from typing import Any

import pytest
from aiohttp import ClientSession
from limits import RateLimitItemPerMinute

from floorbroker.config import Settings, SettingsProblem
from floorbroker.domain.error_codes import ErrorCode
from floorbroker.domain.error_words import WORDS
from floorbroker.observability.metrics import Metrics
from floorbroker.web.app import build_web_app, run_web
from floorbroker.web.errors_page import ErrorsPage, errors_page
from floorbroker.web.links import link_pages
from floorbroker.web.pages import Pages
from floorbroker.web.public_url import PublicUrl
from floorbroker.web.rate import Visits
from tests.floor import House, settings
from tests.web.link_world import Ready, chosen_settings

PUBLIC = "https://bot.example.com/floor"


@asynccontextmanager
async def visiting(errors: ErrorsPage, **parts: Any) -> AsyncIterator[ClientSession]:
    """A browser before the application."""
    app = build_web_app(
        readiness=Ready(), metrics=Metrics(), metrics_token=None, errors=errors, **parts
    )
    async with (
        run_web(app, "127.0.0.1", 0) as port,
        ClientSession(f"http://127.0.0.1:{port}", trust_env=False) as session,
    ):
        yield session


async def _text(session: ClientSession, path: str = "/errors") -> str:
    async with session.get(path) as answer:
        assert answer.status == 200
        return await answer.text()


async def test_every_code_stands_there_once_with_the_words_of_its_card() -> None:
    async with visiting(errors_page(settings())) as session:
        text = await _text(session)

    assert re.findall(r'id="([A-Z_]+)"', text) == [code.value for code in ErrorCode]
    plain = unescape(text)
    for words in WORDS.values():
        for part in (words.title, words.happened, words.sent.value, words.now):
            assert part in plain


async def test_without_an_address_for_browsers_the_page_is_there_and_names_no_host() -> None:
    async with visiting(errors_page(settings())) as session:
        text = await _text(session)
        async with session.get("/static/floor.css") as style:
            assert style.status == 200

    assert "You are at" not in text
    assert 'href="/static/floor.css"' in text


async def test_behind_a_proxy_with_a_path_its_style_is_found_there() -> None:
    async with visiting(errors_page(settings(public_url=PUBLIC))) as session:
        text = await _text(session)

    assert 'href="/floor/static/floor.css"' in text
    assert "bot.example.com" in text


async def test_beside_the_pages_of_links_it_is_there_too(house: House) -> None:
    chosen = chosen_settings(0, public_url="https://bot.example.com")
    links = link_pages(house, chosen)  # type: ignore[arg-type]  # as much of a Floor as is used

    async with visiting(errors_page(chosen), links=links) as session:
        assert "When something goes wrong" in await _text(session)
        async with session.get("/static/link.js") as script:
            assert script.status == 200


async def test_browsers_may_keep_it_and_load_or_run_nothing_but_our_style() -> None:
    async with (
        visiting(errors_page(settings(public_url=PUBLIC))) as session,
        session.get("/errors") as answer,
    ):
        headers = answer.headers
        text = await answer.text()

    assert headers["Cache-Control"] == "public, max-age=3600"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "Strict-Transport-Security" in headers
    assert "Set-Cookie" not in headers
    rules = dict(rule.split(" ", 1) for rule in headers["Content-Security-Policy"].split("; "))
    assert rules["default-src"] == rules["script-src"] == rules["form-action"] == "'none'"
    assert rules["style-src"] == rules["img-src"] == "'self'"
    assert "<script" not in text
    assert " style=" not in text
    assert "//" not in text.replace("<!doctype", "")


async def test_whoever_asks_too_often_is_told_when_to_come_back() -> None:
    visits = Visits(per_address=RateLimitItemPerMinute(3))
    async with visiting(ErrorsPage(Pages(None), visits)) as session:
        for _ in range(3):
            await _text(session)

        async with session.get("/errors") as answer:
            assert answer.status == 429
            assert 1 <= int(answer.headers["Retry-After"]) <= 60
            assert answer.headers["Cache-Control"] == "no-store"
            assert await answer.text() == "Too Many Requests\n"
        async with session.get("/healthz") as answer:
            assert answer.status == 200


async def test_reading_of_errors_uses_up_nothing_of_the_pages_of_links(house: House) -> None:
    chosen = chosen_settings(0, public_url="https://bot.example.com")
    few = Visits(per_address=RateLimitItemPerMinute(2))
    links = link_pages(house, chosen, visits=few)  # type: ignore[arg-type]  # as above

    async with visiting(errors_page(chosen), links=links) as session:
        for _ in range(5):
            await _text(session)
        async with session.get(f"/link/{'a' * 43}") as answer:
            assert answer.status != 429


@pytest.mark.parametrize("what", ["?code=<script>alert(1)</script>", "?a=1&a=2"])
async def test_whatever_is_asked_beside_it_changes_nothing(what: str) -> None:
    async with visiting(errors_page(settings())) as session:
        assert await _text(session, f"/errors{what}") == await _text(session)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
async def test_it_takes_nothing(method: str) -> None:
    async with (
        visiting(errors_page(settings())) as session,
        session.request(method, "/errors", data="x") as answer,
    ):
        assert answer.status == 405


def test_an_address_that_browsers_must_not_be_sent_to_ends_the_start() -> None:
    with pytest.raises(SettingsProblem, match=r"^PUBLIC_URL"):
        errors_page(settings(public_url="http://bot.example.com"))


def test_the_link_of_a_card_leads_to_where_the_page_is() -> None:
    chosen: Settings = settings(public_url=f"{PUBLIC}/")

    assert chosen.errors_page == PublicUrl.parse(PUBLIC).of("/errors")
    assert settings().errors_page == ""
