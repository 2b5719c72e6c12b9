"""Valid requests of a person who is linking an account, bent before they are sent.

Each is bent where it matters, so that it must not do what the valid one would have done; and most
are bent elsewhere too, where it must do no harm.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import Final
from urllib.parse import quote, urlencode, urlsplit

from tests.campaign.at_pages import fresh_token, kept
from tests.floor import BEN
from tests.web.link_page import Page
from tests.web.link_world import KEYS, LinkWorld, Visitor, links

PLANTED: Final = "\"'><script>window.planted=1</script>"
"""Is in whatever a page could repeat."""

_HEADERS: Final[tuple[dict[str, str], ...]] = (
    {"Origin": "https://evil.example"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
)
_NOISE: Final[tuple[dict[str, str], ...]] = (
    {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "javascript"},
    {"X-Forwarded-For": f"1.2.3.4, {PLANTED}"},
    {"Forwarded": "host=evil.example"},
    {"Host": "evil.example"},
    {"X-Original-URL": "/metrics", "X-Rewrite-URL": "/metrics"},
    {"X-HTTP-Method-Override": "POST"},
    {"User-Agent": PLANTED, "Referer": f"https://evil.example/{quote(PLANTED)}"},
    {"Accept": "text/html;q=0, */*", "Accept-Language": PLANTED.replace('"', "")},
    {"Content-Encoding": "gzip"},
    {"Range": "bytes=0-1"},
    {"Cookie": "a=b; " * 200},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One request.

    Attributes:
        fields: Of the form; None for a request without one.
        cookie: The whole header.
    """

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] | None = None
    cookie: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    raw_query: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """What one person's linking has come to: every secret that a valid request holds."""

    token: str
    ref: str
    state: str
    code: str
    cookie: str
    name: str
    form: str


async def begun(world: LinkWorld) -> tuple[Flow, Flow]:
    """Anna at her form, and Ben at his."""
    return await _flow(world, ""), await _flow(world, BEN)


async def _flow(world: LinkWorld, person: str) -> Flow:
    if person:
        world.discord.person = person
    try:
        async with world.browser() as visitor:
            token = await (fresh_token(world, BEN) if person else fresh_token(world))
            asked = await visitor.leave(token)
            form = await visitor.form(token)
            ((name, cookie),) = visitor.cookies()
            return Flow(
                token=token,
                ref=urlsplit(form.url).path.split("/")[2],
                state=asked["state"],
                code=world.discord.code(asked),
                cookie=cookie,
                name=name,
                form=form.controls["form"].value,
            )
    finally:
        world.discord.person = "100000000000000001"


def valid(flow: Flow) -> tuple[Sent, ...]:
    """What the person's own browser would send."""
    cookie = f"{flow.name}={flow.cookie}"
    answer = {"code": flow.code, "state": flow.state}
    fields = {"form": flow.form, **KEYS, "label": "Savings"}
    return (
        Sent(method="GET", path=f"/link/{flow.token}"),
        Sent(method="POST", path=f"/link/{flow.token}", fields={}),
        Sent(method="GET", path="/identity", query=answer, cookie=cookie),
        Sent(method="GET", path=f"/link/{flow.ref}/keys", cookie=cookie),
        Sent(method="POST", path=f"/link/{flow.ref}/keys", fields=fields, cookie=cookie),
        Sent(method="POST", path=f"/link/{flow.ref}/sign-in", fields=fields, cookie=cookie),
        Sent(method="POST", path=f"/link/{flow.ref}/code", fields=fields, cookie=cookie),
        Sent(method="GET", path="/oauth/alpaca", query=answer, cookie=cookie),
    )


def _other(text: str, chance: Random) -> str:
    """Nearly the same, and never the same."""
    place = chance.randrange(len(text))
    letter = "0" if text[place] != "0" else "1"
    return chance.choice(
        [
            text[:place] + letter + text[place + 1 :],
            text[:place],
            text + letter,
            text.swapcase() if text.swapcase() != text else letter,
            text[:place] + "\x00" + text[place:],
            text[:place] + "\r\nX-Planted: 1\r\n\r\n" + text[place:],
            PLANTED,
            "",
            "../" * 3 + text,
            text * 40,
        ]
    )


def bent(sent: Sent, flow: Flow, others: Flow, chance: Random) -> Sent:
    """So that it must not work any more."""
    secrets = {
        flow.token: others.token,
        flow.state: others.state,
        flow.cookie: others.cookie,
        flow.form: others.form,
    }
    ways: list[Callable[[], Sent]] = []
    fields = sent.fields or {}
    if flow.token in sent.path:
        ways.append(lambda: replace(sent, path=f"/link/{quote(_other(flow.token, chance))}"))
    if sent.cookie:
        ways += [
            lambda: replace(sent, cookie=f"{flow.name}={_clean(_other(flow.cookie, chance))}"),
            lambda: replace(sent, cookie=f"{flow.name}={secrets[flow.cookie]}"),
            lambda: replace(sent, cookie=""),
        ]
    if "state" in sent.query:
        theirs = chance.choice([_other(flow.state, chance), others.state, flow.form])
        ways.append(lambda: replace(sent, query={**sent.query, "state": theirs}))
    if "form" in fields:
        form = chance.choice([_other(flow.form, chance), others.form, flow.cookie])
        ways += [
            lambda: replace(sent, fields={**fields, "form": form}),
            lambda: replace(sent, headers={"Content-Type": "application/json"}),
            lambda: replace(sent, headers={"Content-Type": "text/plain"}),
            lambda: replace(sent, fields={**fields, "label": "x" * 20_000}),
            lambda: replace(sent, fields={**fields, "label": PLANTED}),
        ]
    if sent.method == "POST":
        ways.append(lambda: replace(sent, headers=chance.choice(_HEADERS)))
        ways.append(lambda: replace(sent, method=chance.choice(["PUT", "DELETE", "PATCH"])))
    else:
        double = f"state={flow.state}&state={flow.state}"
        ways.append(lambda: replace(sent, raw_query=double))
    return chance.choice(ways)()


def _clean(value: str) -> str:
    """As a cookie's value may be written; what may not is for raw sockets."""
    return "".join(one for one in value if one.isprintable() and one not in ';,"\\ ') or "x"


def noisy(sent: Sent, chance: Random) -> Sent:
    """With something about it that must not matter."""
    if chance.random() < 0.4:
        return sent
    headers = {**chance.choice(_NOISE), **sent.headers}
    extra = {} if chance.random() < 0.5 or sent.raw_query else {"next": f"//evil.example/{PLANTED}"}
    return replace(sent, headers=headers, query={**sent.query, **extra})


async def attempt(visitor: Visitor, sent: Sent) -> Page:
    """Sends it as it is."""
    query = sent.raw_query or urlencode(sent.query)
    address = f"{sent.path}?{query}" if query else sent.path
    headers = {**({"Cookie": sent.cookie} if sent.cookie else {}), **sent.headers}
    visitor.session.cookie_jar.clear()
    if sent.fields is None:
        return kept(await visitor.get(address, sent.method, **headers))
    if sent.method != "POST":
        return kept(await visitor.get(address, sent.method, **headers))
    return kept(await visitor.post(address, sent.fields, **headers))


def assert_refused(page: Page, sent: Sent, world: LinkWorld) -> None:
    """It is one of our pages, says no, repeats nothing and leads nowhere."""
    what = (page.status, sent)
    assert 400 <= page.status < 500, what
    assert_clean(page, sent, world)


def assert_clean(page: Page, sent: Sent, world: LinkWorld) -> None:
    """Whatever it answers, it does no harm."""
    what = (page.status, sent)
    assert page.status < 500, what
    assert "<script>window.planted" not in page.text, what
    assert "X-Planted" not in page.headers, what
    assert page.headers["Cache-Control"] == "no-store", what
    assert page.headers["Referrer-Policy"] == "no-referrer", what
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"], what
    location = page.headers.get("Location", "")
    assert location.startswith(("/link/", world.discord.base)) or not location, what
    assert "evil.example" not in location, what


async def untouched(world: LinkWorld) -> object:
    """What no bent request may change."""
    return await links(world), len(world.told)
