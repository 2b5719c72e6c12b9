"""The page of errors in a real browser: readable on a phone, light and dark, nothing foreign."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

import pytest
from playwright.async_api import Page, Request, async_playwright, expect

from floorbroker.domain.error_codes import ErrorCode
from floorbroker.domain.error_words import WORDS
from floorbroker.observability.metrics import Metrics
from floorbroker.web.app import build_web_app, run_web
from floorbroker.web.errors_page import errors_page
from tests.browser.demo import CHROMIUM, FLAGS, PHONE
from tests.floor import settings
from tests.web.link_world import Ready

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"needs {CHROMIUM}"),
]

_GROUND = {"light": "rgb(244, 245, 248)", "dark": "rgb(19, 21, 26)"}


@asynccontextmanager
async def _opened(path: str, scheme: Literal["light", "dark"]) -> AsyncIterator[tuple[Page, list]]:
    """A phone that shows the page, and whatever it complained about or asked elsewhere."""
    app = build_web_app(
        readiness=Ready(), metrics=Metrics(), metrics_token=None, errors=errors_page(settings())
    )
    wrong: list[str] = []
    async with run_web(app, "127.0.0.1", 0) as port, async_playwright() as playwright:
        here = f"http://127.0.0.1:{port}"

        def asked(request: Request) -> None:
            if not request.url.startswith(here):
                wrong.append(request.url)

        browser = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        try:
            page = await browser.new_page(viewport=PHONE, color_scheme=scheme)
            page.on("console", lambda message: wrong.append(message.text))
            page.on("pageerror", lambda error: wrong.append(str(error)))
            page.on("request", asked)
            await page.goto(f"{here}{path}")
            yield page, wrong
        finally:
            await browser.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_card_leads_to_its_code_on_a_phone(scheme: Literal["light", "dark"]) -> None:
    async with _opened("/errors#OUTCOME_UNKNOWN", scheme) as (page, wrong):
        section = page.locator("section:target")

        await expect(section.get_by_role("heading")).to_have_text("Sent, outcome unknown")
        await expect(section).to_be_in_viewport()
        await expect(section).to_contain_text(WORDS[ErrorCode.OUTCOME_UNKNOWN].now)
        ground = await page.evaluate("getComputedStyle(document.body).backgroundColor")
        marked = await section.evaluate("one => getComputedStyle(one).backgroundColor")
        too_wide = await page.evaluate(
            "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        )

    assert ground == _GROUND[scheme]
    assert marked != "rgba(0, 0, 0, 0)"
    assert not too_wide
    assert wrong == []


async def test_the_list_of_codes_leads_to_each() -> None:
    async with _opened("/errors", "light") as (page, wrong):
        await page.get_by_text("All codes").click()
        await page.locator(".codes").get_by_role("link", name="TIMEOUT").click()

        await expect(page.locator("section:target")).to_contain_text("No answer")
        assert page.url.endswith("/errors#TIMEOUT")
        assert await page.locator(".codes a").count() == len(ErrorCode)
    assert wrong == []
