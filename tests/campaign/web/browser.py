"""A list of attempts with a real browser: another site, another window, what the browser keeps."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final

from aiohttp import web
from playwright.async_api import Browser, BrowserContext, Page, Request, async_playwright

from floorbroker.domain.errors import AuthenticationFailed
from tests.browser.demo import CHROMIUM, FLAGS, PATIENCE_SECONDS
from tests.campaign.at_pages import fresh_token
from tests.left_behind import keep
from tests.web.link_world import KEYS, LinkWorld, links

_SCRIPT: Final = "<img src=x onerror=window.planted=1><script>window.planted=1</script>"
_CARRIED: Final = "evil-canary"


class Attempts:
    """Each begins with a fresh browser, a fresh link, and another site that the person visits."""

    def __init__(self, world: LinkWorld, browser: Browser, evil: "EvilSite") -> None:
        """`evil` listens on a port of its own."""
        self._world, self._browser, self._evil = world, browser, evil

    def all(self) -> dict[str, Callable[[], Awaitable[None]]]:
        """By what they try."""
        return {
            "a frame around the page": self._framed,
            "a form sent from another site": self._posted_from_elsewhere,
            "keys sent from another site": self._keys_from_elsewhere,
            "keys sent from another port": self._keys_from_another_port,
            "a page read by another site": self._read_from_elsewhere,
            "a picture used by another site": self._picture_elsewhere,
            "a script in a name": self._script_in_a_name,
            "a script in a broker's words": self._script_in_words,
            "a script that got onto the page": self._script_on_the_page,
            "a hold on the window": self._opener,
            "cookies read by a script": self._cookies,
            "the way back after the end": self._back_after_the_end,
            "the last request once more": self._reload_after_the_end,
            "the form from the browser's memory": self._from_memory,
            "addresses that travel on": self._referrer,
        }

    @asynccontextmanager
    async def _context(self) -> AsyncIterator[tuple[BrowserContext, Page]]:
        context = await self._browser.new_context()
        context.set_default_timeout(PATIENCE_SECONDS * 1000)
        try:
            page = await context.new_page()
            yield context, page
            for one in context.pages:
                keep("pages", await one.locator("body").inner_html())
        finally:
            await context.close()

    async def _form(self, page: Page) -> str:
        """Anna at her form; the link's token."""
        token = await fresh_token(self._world)
        self._world.discord.agreed.discard(self._world.discord.person)
        await page.goto(f"{self._world.url}/link/{token}")
        await page.get_by_role("button", name="Continue with Discord").click()
        await page.get_by_role("button", name="Authorize").click()
        await page.get_by_role("button", name="Connect").wait_for()
        return token

    async def _fill(self, page: Page, label: str = "") -> None:
        await page.get_by_label("API key").fill(KEYS["field.api_key"])
        await page.get_by_label("API secret").fill(KEYS["field.api_secret"])
        if label:
            await page.locator("[name=label]").evaluate("(one) => one.removeAttribute('maxlength')")
            await page.locator("[name=label]").fill(label)
        await page.get_by_role("button", name="Connect").click()

    async def _nothing_linked_by(self, attempt: Awaitable[object]) -> None:
        before = await links(self._world), len(self._world.told)
        await attempt
        assert (await links(self._world), len(self._world.told)) == before

    async def _framed(self) -> None:
        async with self._context() as (_, page):
            token = await fresh_token(self._world)
            await page.goto(self._evil.page(f'<iframe src="{self._world.url}/link/{token}">'))
            (frame,) = page.main_frame.child_frames
            await frame.wait_for_load_state()
            assert "Continue with Discord" not in await frame.content()

    async def _posted_from_elsewhere(self) -> None:
        async with self._context() as (_, page):
            token = await fresh_token(self._world)
            await page.goto(self._evil.form(f"{self._world.url}/link/{token}", {}))
            await page.get_by_text("go").click()
            await page.get_by_role("heading", level=1).wait_for()
            assert page.url.startswith(self._world.url), page.url

    async def _keys_from_elsewhere(self) -> None:
        await self._keys_from(self._evil.form)

    async def _keys_from_another_port(self) -> None:
        """The same site to the browser, so that it sends the cookie along."""
        await self._keys_from(self._evil.form_same_site)

    async def _keys_from(self, form: Callable[[str, dict[str, str]], str]) -> None:
        async with self._context() as (_, page):
            await self._form(page)
            hidden = await page.locator("[name=form]").input_value()
            address = page.url

            async def tried() -> None:
                await page.goto(form(address, {"form": hidden, **KEYS}))
                await page.get_by_text("go").click()
                await page.wait_for_url(f"{self._world.url}/**")

            await self._nothing_linked_by(tried())
            assert "Account found" not in await page.content()

    async def _read_from_elsewhere(self) -> None:
        async with self._context() as (_, page):
            await self._form(page)
            address = page.url
            await page.goto(self._evil.page("nothing"))
            read = await page.evaluate(
                "(url) => fetch(url, {credentials: 'include'}).then((one) => one.text(),"
                " () => 'refused')",
                address,
            )
            assert read == "refused"

    async def _picture_elsewhere(self) -> None:
        async with self._context() as (_, page):
            await page.goto(self._evil.page("nothing"))
            loaded = await page.evaluate(
                "(url) => new Promise((tell) => { const one = new Image(); one.src = url;"
                " one.onload = () => tell(true); one.onerror = () => tell(false); })",
                f"{self._world.url}/static/icon.svg",
            )
            assert loaded is False

    async def _script_in_a_name(self) -> None:
        async with self._context() as (_, page):
            await self._form(page)
            await self._nothing_linked_by(self._refused_with_an_alert(page, _SCRIPT))

    async def _refused_with_an_alert(self, page: Page, label: str = "") -> None:
        await self._fill(page, label)
        await page.get_by_role("alert").wait_for()
        assert await page.evaluate("window.planted") is None
        assert await page.locator("img[src=x], .panel script").count() == 0

    async def _script_in_words(self) -> None:
        async with self._context() as (_, page):
            await self._form(page)
            self._world.venue.failing["connect"] = AuthenticationFailed(_SCRIPT, broker="alpaca")
            try:
                await self._nothing_linked_by(self._refused_with_an_alert(page))
            finally:
                self._world.venue.failing.clear()
            assert "window.planted=1" in await page.get_by_role("alert").inner_text()

    async def _script_on_the_page(self) -> None:
        async with self._context() as (_, page):
            await self._form(page)
            await page.evaluate(
                "() => { const one = document.createElement('script');"
                " one.textContent = 'window.planted = 1'; document.body.append(one);"
                " document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"planted=1\">'"
                "); }"
            )
            assert await page.evaluate("window.planted") is None

    async def _opener(self) -> None:
        async with self._context() as (context, page):
            token = await fresh_token(self._world)
            await page.goto(self._evil.page("nothing"))
            async with context.expect_page() as opened:
                await page.evaluate(
                    "(url) => { window.held = window.open(url); }",
                    f"{self._world.url}/link/{token}",
                )
            window = await opened.value
            await window.get_by_role("button", name="Continue with Discord").wait_for()
            assert await window.evaluate("window.opener") is None
            assert await page.evaluate("window.held.closed") is True

    async def _cookies(self) -> None:
        async with self._context() as (context, page):
            await self._form(page)
            assert await page.evaluate("document.cookie") == ""
            (cookie,) = [one for one in await context.cookies() if "link-" in one["name"]]
            assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (True, "Lax", "/")
            assert await page.evaluate("localStorage.length + sessionStorage.length") == 0

    async def _back_after_the_end(self) -> None:
        async with self._context() as (_, page):
            await self._form(page)
            await self._fill(page)
            await page.get_by_text("Account found").first.wait_for()
            await page.go_back()
            assert await page.get_by_label("API secret").count() == 0

    async def _reload_after_the_end(self) -> None:
        async with self._context() as (_, page):
            await self._form(page)
            await self._fill(page)
            await page.get_by_text("Account found").first.wait_for()

            async def again() -> None:
                await page.reload()

            await self._nothing_linked_by(again())
            assert "Account found" not in await page.content()

    async def _from_memory(self) -> None:
        """Off the form and back: neither what was typed nor the page itself was kept."""
        async with self._context() as (_, page):
            await self._form(page)
            await page.evaluate("window.kept = 1")
            await page.get_by_label("API secret").fill(_CARRIED)
            await page.goto(self._evil.page("nothing"))
            await page.go_back()
            await page.get_by_role("button", name="Connect").wait_for()
            assert await page.evaluate("window.kept") is None
            assert await page.get_by_label("API secret").input_value() == ""

    async def _referrer(self) -> None:
        async with self._context() as (_, page):
            asked: list[Request] = []
            page.on("request", lambda one: asked.append(one))  # noqa: PLW0108 # it marks its own
            token = await self._form(page)
            await self._fill(page)
            await page.get_by_text("Account found").first.wait_for()
            for request in asked:
                headers = await request.all_headers()
                assert self._world.url not in headers.get("referer", "")
                if not request.url.startswith(self._world.url):
                    assert token not in request.url + (request.post_data or "")


class EvilSite:
    """Pages of somebody else's on another port, under two names."""

    def __init__(self, port: int) -> None:
        """See `evil_site`."""
        self._port = port
        self.pages: dict[str, str] = {}

    def page(self, body: str, host: str = "localhost") -> str:
        """The address of a page; `localhost` and `127.0.0.1` are two sites to a browser."""
        name = f"/{len(self.pages)}"
        self.pages[name] = f"<!doctype html><link rel=icon href=data:,><body>{body}"
        return f"http://{host}:{self._port}{name}"

    def form(self, address: str, fields: dict[str, str], host: str = "localhost") -> str:
        """A page with a form that leads to `address`."""
        inputs = "".join(
            f'<input type=hidden name="{name}" value="{value}">' for name, value in fields.items()
        )
        return self.page(
            f'<form method=post action="{address}">{inputs}<button>go</button></form>', host
        )

    def form_same_site(self, address: str, fields: dict[str, str]) -> str:
        """The same, on the same site."""
        return self.form(address, fields, "127.0.0.1")


@asynccontextmanager
async def attempts(world: LinkWorld) -> AsyncIterator[Attempts]:
    """Chromium, and the other site."""
    async with _evil_site() as evil, async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        try:
            yield Attempts(world, browser, evil)
        finally:
            await browser.close()


@asynccontextmanager
async def _evil_site() -> AsyncIterator[EvilSite]:
    app = web.Application()
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)

    async def show(request: web.Request) -> web.Response:
        return web.Response(text=site.pages[request.path], content_type="text/html")

    app.router.add_get("/{name}", show)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        site = EvilSite(runner.addresses[0][1])
        yield site
    finally:
        await runner.cleanup()
