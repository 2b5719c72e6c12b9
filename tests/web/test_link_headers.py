"""What is around every page: policies, and nothing from anywhere else."""

import re
from pathlib import Path
from typing import Any, Final

import pytest

from floorbroker.web.app import SECURITY_HEADERS
from tests.floor import BEN, KEYED
from tests.services.conftest import Build
from tests.simulators.discord_oauth import TOKEN_PATH, DiscordOAuth, status
from tests.web.link_page import Page
from tests.web.link_world import (
    KEYS,
    LinkWorld,
    Visitor,
    chosen_settings,
    keyed_venue,
    link_world,
)

STATIC: Final = Path(__file__).parents[2] / "src" / "floorbroker" / "web" / "static"
ALWAYS: Final = {
    **{name: value for name, value in SECURITY_HEADERS.items() if "Policy" not in name},
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
}


def policy(page: Page) -> dict[str, str]:
    text = page.headers["Content-Security-Policy"]
    return dict(part.strip().split(" ", 1) for part in text.split(";"))


async def every_answer(world: LinkWorld, anna: Visitor) -> list[Page]:
    """One of each kind."""
    token = await world.token()
    start = await anna.get(f"/link/{token}")
    leaving = await anna.post(f"/link/{token}")
    world.discord.person = BEN
    foreign = await anna.come_back(token)
    world.discord.person = "100000000000000001"
    world.discord.faults[TOKEN_PATH] = status(500)
    silent = await anna.come_back(token)
    world.discord.faults.clear()
    denied = await anna.come_back(token, agrees=False)
    asked = await anna.leave(token)
    back = await anna.get(world.discord.decide(asked))
    form = await anna.get(back.headers["Location"])
    no_form = await anna.post(form.url, "{}", **{"Content-Type": "application/json"})
    again = await anna.send(form, {**KEYS, "field.api_secret": "wrong"})
    found = await anna.send(again)
    return [
        start, leaving, foreign, silent, denied, back, form, no_form, again, found,
        await anna.get("/identity"),
        await anna.get("/identity", "HEAD"),
        await anna.get(f"/link/{token}"),
        await anna.get(form.url),
        await anna.get("/link/a/b/c"),
        await anna.get(f"/link/{token}", "DELETE"),
        await anna.get("/static/floor.css"),
        await anna.get("/static/link.js"),
        await anna.get("/static/icon.svg"),
        await anna.get("/static/nothing.css"),
    ]  # fmt: skip


async def test_every_answer_carries_the_headers(world: LinkWorld, anna: Visitor) -> None:
    answers = await every_answer(world, anna)

    for page in answers:
        have = {name: page.headers.get(name) for name in ALWAYS}
        assert have == ALWAYS, page.url
        assert "Server" not in page.headers
        assert "Strict-Transport-Security" not in page.headers  # http, on this machine only
    assert {200, 303, 403, 400, 404, 405, 410, 415, 422, 503} <= {one.status for one in answers}


async def test_no_page_may_load_or_run_anything_but_our_own(
    world: LinkWorld, anna: Visitor
) -> None:
    for page in await every_answer(world, anna):
        rules = policy(page)
        assert rules["default-src"] == "'none'"
        assert rules["frame-ancestors"] == "'none'"
        assert rules["base-uri"] == "'none'"
        assert set(rules.get("script-src", "'none'").split()) <= {"'self'", "'none'"}
        assert set(rules.get("style-src", "'none'").split()) <= {"'self'", "'none'"}
        assert "unsafe" not in str(rules)
        assert "*" not in str(rules)
        assert all(link.startswith("/static/") for link in page.resources), (
            f"{page.url}: {page.resources}"
        )


async def test_only_the_first_form_leads_elsewhere_and_only_to_discord(
    world: LinkWorld, anna: Visitor
) -> None:
    actions = {page.title: policy(page)["form-action"] for page in await every_answer(world, anna)}

    assert actions.pop("Link Alpaca · floorbroker") == f"'self' {world.discord.base}"
    assert {actions[title] for title in actions if "Keys for" in title} == {"'self'"}
    assert set(actions.values()) == {"'self'", "'none'"}


async def test_every_page_is_html_in_utf_8_with_a_title_and_a_language(
    world: LinkWorld, anna: Visitor
) -> None:
    for page in await every_answer(world, anna):
        if "/static/" in page.url or page.status == 303 or not page.text:
            continue
        assert page.headers["Content-Type"] == "text/html; charset=utf-8"
        assert page.title.endswith(" · floorbroker"), page.url
        assert '<html lang="en">' in page.text
        assert page.text.count("<h1>") == 1
        assert 'content="width=device-width, initial-scale=1"' in page.text
        assert len(page.buttons) == page.forms


@pytest.mark.parametrize(
    ("name", "kind"),
    [("floor.css", "text/css"), ("link.js", "text/javascript"), ("icon.svg", "image/svg+xml")],
)
async def test_what_a_page_loads_is_there(anna: Visitor, name: str, kind: str) -> None:
    page = await anna.get(f"/static/{name}")

    assert (page.status, page.headers["Content-Type"]) == (200, f"{kind}; charset=utf-8")
    assert page.text == (STATIC / name).read_text()


@pytest.mark.parametrize("name", ["..%2fapp.py", "base.html", "%2e%2e", "floor.css%00", ""])
async def test_nothing_else_is(anna: Visitor, name: str) -> None:
    assert (await anna.get(f"/static/{name}")).status == 404


def test_no_style_and_no_script_of_ours_asks_for_anything() -> None:
    for path in STATIC.iterdir():
        text = path.read_text()
        assert not re.search(r"url\(|@import|fetch\(|XMLHttp|import |eval|innerHTML", text), path
        assert not re.findall(r"https?://(?!www\.w3\.org/2000/svg)", text), path


async def test_over_https_browsers_are_told_to_stay_there(
    build: Build, discord: DiscordOAuth
) -> None:
    venue = keyed_venue()
    chosen = chosen_settings(0, public_url="https://bot.example.com")
    house = build(venue=venue, scripted=KEYED, chosen=chosen)
    async with link_world(house, venue, discord) as world, world.browser() as anna:
        pages: list[Any] = [
            await anna.get(f"/link/{await world.token()}"),
            await anna.post(f"/link/{await world.token()}"),
            await anna.get("/healthz"),
            await anna.get("/nowhere"),
        ]

    for page in pages:
        assert page.headers["Strict-Transport-Security"] == "max-age=31536000"
