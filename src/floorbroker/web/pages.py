"""Draws the pages, and puts around them what keeps them from harm."""

from collections.abc import Mapping
from importlib.resources import files
from typing import Any, Final

from aiohttp import hdrs, web
from jinja2 import Environment, PackageLoader, StrictUndefined

from floorbroker.web.notices import Notice
from floorbroker.web.public_url import PublicUrl

STATIC: Final = "/static"
_ASSETS: Final = {
    "floor.css": "text/css",
    "link.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}
_POLICY: Final = {
    "default-src": "'none'",
    "style-src": "'self'",
    "script-src": "'self'",
    "img-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}
_YEAR: Final = 365 * 24 * 60 * 60


class Pages:
    """The templates, with everything that all of them need."""

    def __init__(self, public_url: PublicUrl | None) -> None:
        """Reads them all, so that a broken one is an error at the start.

        Args:
            public_url: None where browsers come only from this machine, if at all.
        """
        path = "" if public_url is None else public_url.path
        self._secure = public_url is not None and public_url.secure
        self._environment = Environment(
            loader=PackageLoader("floorbroker.web"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._environment.globals.update(
            host="" if public_url is None else public_url.host,
            static=f"{path}{STATIC}",
        )
        for name in self._environment.list_templates():
            self._environment.get_template(name)
        folder = files("floorbroker.web").joinpath("static")
        self._assets = {name: folder.joinpath(name).read_bytes() for name in _ASSETS}

    def add_to(self, app: web.Application) -> None:
        """Adds what every page needs beside itself."""
        app.router.add_get(f"{STATIC}/{{name}}", self.asset)
        app.on_response_prepare.append(self.secure)

    def page(
        self, name: str, *, status: int = 200, leaves_to: str = "", **values: Any
    ) -> web.Response:
        """One page.

        Args:
            name: Of its template.
            leaves_to: The one other site that its form may lead to. Chromium and WebKit hold a
                form to `form-action` through every redirect that follows it.
        """
        action = f"'self' {leaves_to}".rstrip()
        text = self._environment.get_template(f"{name}.html").render(values)
        return web.Response(
            text=text,
            status=status,
            content_type="text/html",
            headers={"Content-Security-Policy": _policy({"form-action": action})},
        )

    def notice(self, notice: Notice) -> web.Response:
        """A page without a form."""
        answer = self.page("notice", status=notice.status, notice=notice)
        answer.headers["Content-Security-Policy"] = _STILL
        if notice.retry_after:
            answer.headers[hdrs.RETRY_AFTER] = str(notice.retry_after)
        return answer

    def still(self, text: str | None) -> web.Response:
        """A page without a form that was drawn before."""
        headers = {"Content-Security-Policy": _STILL}
        return web.Response(text=text, content_type="text/html", headers=headers)

    async def asset(self, request: web.Request) -> web.Response:
        """A style sheet, a script or a picture of our own."""
        name = request.match_info["name"]
        if name not in self._assets:
            raise web.HTTPNotFound
        return web.Response(body=self._assets[name], content_type=_ASSETS[name], charset="utf-8")

    async def secure(self, _request: web.Request, answer: web.StreamResponse) -> None:
        """For every answer of the application, before it leaves."""
        answer.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        answer.headers.setdefault("X-Robots-Tag", "noindex, nofollow")
        if self._secure:
            answer.headers.setdefault("Strict-Transport-Security", f"max-age={_YEAR}")


def _policy(changes: Mapping[str, str]) -> str:
    return "; ".join(f"{name} {value}" for name, value in {**_POLICY, **changes}.items())


_STILL: Final = _policy({"form-action": "'none'", "script-src": "'none'"})
"""Of a page that only shows something."""
