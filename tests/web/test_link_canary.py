"""Keys, tokens, cookies and codes are planted, and then looked for everywhere."""

import asyncio
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from floorbroker.domain.errors import ApiError, BrokerTimeout
from floorbroker.domain.modes import Environment
from tests.fakes.flaky_documents import FlakyDocuments
from tests.floor import BEN
from tests.observability.captured import captured_stderr
from tests.simulators.discord_oauth import (
    CLIENT_SECRET,
    ME_PATH,
    TOKEN_PATH,
    status,
    text,
)
from tests.web.link_page import Page
from tests.web.link_world import KEYS, LinkWorld, Visitor

WRONG: Final = {**KEYS, "field.api_secret": "canary-wrong-Xy8Kp2Lm4Qr"}


class Planter(Visitor):
    """Writes down every page, and every secret that it carried."""

    pages: list[Page]
    secrets: set[str]

    async def _ask(self, method: str, address: str, **more: object) -> Page:
        page = await super()._ask(method, address, **more)
        self.pages.append(page)
        for _, value in self.cookies():
            self.secrets |= {value, *value.split(".")}
        query = urlsplit(page.headers.get("Location", "")).query
        self.secrets |= {value for name, value in parse_qsl(query) if name == "state"}
        return page


async def every_way(world: LinkWorld, anna: Planter, store: FlakyDocuments) -> None:
    """Success, and every kind of failure."""

    async def token(**more: object) -> str:
        world.house.clock.advance(601)
        fresh = await world.token(**more)  # type: ignore[arg-type]
        anna.secrets.add(fresh)
        return fresh

    form = await anna.form(await token(environment=Environment.LIVE))
    await anna.send(form, {**WRONG, "terms": "on"})
    await anna.send(form, {**WRONG, "field.api_key": "canary key Zz7Qw9"})
    await anna.send(form, {**KEYS, "label": "canary<label>"})
    await anna.send(form)

    for error in (BrokerTimeout(), ApiError("words"), ZeroDivisionError("planted")):
        form = await anna.form(await token())
        world.venue.failing["connect"] = error
        await anna.send(form)
    world.venue.failing.clear()

    for collection, operation, skip in (
        ("link_tokens", "get", 0),
        ("link_tokens", "replace", 0),
        ("link_tokens", "replace", 1),
        ("links", "insert", 0),
        ("links", "replace", 0),
    ):
        form = await anna.form(await token())
        store.fail(operation, collection, skip=skip)
        await anna.send(form)
        store.recover()

    for path in (TOKEN_PATH, ME_PATH):
        for fault in (status(500), status(401, {"error": "invalid_client"}), text("rubbish")):
            world.discord.faults[path] = fault
            await anna.come_back(await token())
        world.discord.faults.clear()

    back = world.discord.decide(await anna.leave(await token()))
    await anna.get(f"{back}0")
    await anna.get(f"{back}&code=again")
    await anna.get(back)
    await anna.get(back)
    await anna.come_back(await token(), agrees=False)
    await anna.come_back(await token(user_id=BEN))
    await anna.post(form.url, "form=" + "0" * 64)
    for broken in ("\x00", "%zz", "a" * 3000):
        await anna.get(f"/link/{await token()}{broken}")
    async with asyncio.timeout(5):
        await _raw(world, f"GET /link/{await token()} HTTP/9.9\r\n\r\n")


async def _raw(world: LinkWorld, request: str) -> None:
    port = int(world.url.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request.encode())
    await reader.read()
    writer.close()


def everything_in(folder: Path) -> bytes:
    """The store's files, its journal included."""
    return b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())


async def test_nothing_that_is_secret_is_anywhere(
    world: LinkWorld, anna: Visitor, store: FlakyDocuments, tmp_path: Path
) -> None:
    planter = Planter(world, anna.session)
    planter.pages, planter.secrets = [], set()

    with captured_stderr(level="DEBUG") as log:
        await every_way(world, planter, store)

    typed = {KEYS["field.api_secret"], WRONG["field.api_secret"], "canary key Zz7Qw9"}
    at_discord = {*world.discord.given, CLIENT_SECRET}
    secrets = {one for one in {*typed, *at_discord, *planter.secrets} if one}
    assert len(secrets) > 100
    assert len(planter.pages) > 60

    stored = everything_in(tmp_path)
    assert len(stored) > 10_000
    lines = log.getvalue()
    assert "link_page_failed" in lines  # the log was on
    assert "identity_not_shown" in lines
    for secret in secrets:
        assert secret not in lines
        assert secret.encode() not in stored
        for page in planter.pages:
            assert secret not in page.text, page.url
            for name, value in page.headers.items():
                if name not in {"Set-Cookie", "Location"}:
                    assert secret not in value, (page.url, name)
            if page.url.startswith(world.url):
                location = page.headers.get("Location", "")
                assert secret not in location.partition("state=")[0]
