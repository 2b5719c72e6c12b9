"""Who may see the form and send it, and what is no form at all."""

from urllib.parse import urlencode

import pytest

from floorbroker.web.app import LARGEST_BODY_BYTES
from tests.floor import BEN
from tests.web.link_world import (
    KEYS,
    LinkWorld,
    Visitor,
    assert_nothing_linked,
)


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_without_the_cookie_nobody_sees_the_form(
    world: LinkWorld, anna: Visitor, method: str
) -> None:
    form = await anna.form(await world.token())

    async with world.browser() as stranger:
        page = await (stranger.get(form.url) if method == "GET" else stranger.send(form))

    assert page.status == 403
    assert page.title.startswith("This browser has not shown whose it is")
    await assert_nothing_linked(world)
    assert world.venue.requests == []


async def test_a_cookie_that_was_not_proven_opens_nothing(world: LinkWorld, anna: Visitor) -> None:
    asked = await anna.leave(await world.token())
    ref = asked["state"].partition(".")[0]

    page = await anna.get(f"/link/{ref}/keys")

    assert page.status == 403


async def test_somebody_elses_proof_opens_nothing(world: LinkWorld, anna: Visitor) -> None:
    """Ben proves himself at a link of his own and bends its cookie to Anna's link."""
    token = await world.token()
    form = await anna.form(token)
    world.discord.person = BEN
    async with world.browser() as ben:
        await ben.form(await world.token(BEN))
        ((_, his),) = ben.cookies()
        ((name, _),) = anna.cookies()
        ben.session.cookie_jar.clear()
        ben.headers["Cookie"] = f"{name}={token}.{his.partition('.')[2]}"
        page = await ben.send(form)

    assert page.status == 403
    await assert_nothing_linked(world)


@pytest.mark.parametrize("cookie", ["", "x", "a.b", "{token}.", ".{token}", "{token}.{token}."])
async def test_a_cookie_out_of_shape_opens_nothing(
    world: LinkWorld, anna: Visitor, cookie: str
) -> None:
    token = await world.token()
    form = await anna.form(token)
    ((name, _),) = anna.cookies()

    async with world.browser() as forger:
        forger.headers["Cookie"] = f"{name}={cookie.format(token=token)}"
        page = await forger.get(form.url)

    assert page.status == 403


@pytest.mark.parametrize(
    "form_token", [None, "", "0" * 64, "é" * 64, "\udcff", "own and more", "another browser's",
                   "another link's", "in capitals"],
)  # fmt: skip
async def test_a_form_that_was_not_made_for_this_browser_and_link_is_refused(
    world: LinkWorld, anna: Visitor, form_token: str | None
) -> None:
    other_link = await anna.form(await world.token())
    token = await world.token()
    async with world.browser() as phone:
        other_browser = await phone.form(token)
    form = await anna.form(token)
    own = form.controls["form"].value
    made = {
        "own and more": f"{own}0",
        "another browser's": other_browser.controls["form"].value,
        "another link's": other_link.controls["form"].value,
        "in capitals": own.upper(),
    }
    sent = dict(KEYS) if form_token is None else {**KEYS, "form": made.get(form_token, form_token)}

    page = await anna.post(form.url, urlencode(sent, errors="surrogateescape"))

    assert page.status in ({400} if form_token == "\udcff" else {403})
    assert "Nothing was stored." in page.words
    await assert_nothing_linked(world)
    assert world.venue.requests == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "http://127.0.0.1"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "null"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
    ],
)
async def test_a_form_that_another_site_sends_is_refused(
    world: LinkWorld, anna: Visitor, headers: dict[str, str]
) -> None:
    form = await anna.form(await world.token())

    page = await anna.send(form, **headers)

    assert page.status == 403
    assert page.title.startswith("This form is not from here")
    await assert_nothing_linked(world)
    assert world.venue.requests == []


async def test_what_a_browser_says_of_our_own_form_is_taken(
    world: LinkWorld, anna: Visitor
) -> None:
    form = await anna.form(await world.token())

    found = await anna.send(form, **{"Sec-Fetch-Site": "same-origin", "Origin": world.url})

    assert found.title.startswith("Account found")


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        ("{}", "application/json", 415),
        ("--x\r\n\r\n--x--", "multipart/form-data; boundary=x", 415),
        ("form=a", "text/plain", 415),
        ("form=a&form=b", "application/x-www-form-urlencoded", 400),
        ("form=%ff", "application/x-www-form-urlencoded", 400),
        ("form=é", "application/x-www-form-urlencoded", 400),
        ("&".join(f"f{n}=" for n in range(65)), "application/x-www-form-urlencoded", 400),
        ("a" * (LARGEST_BODY_BYTES + 1), "application/x-www-form-urlencoded", 413),
        ("", "application/x-www-form-urlencoded", 403),
    ],
)
async def test_what_is_no_form_is_refused_on_a_page(
    world: LinkWorld, anna: Visitor, body: str, kind: str, status: int
) -> None:
    form = await anna.form(await world.token())

    page = await anna.post(form.url, body, **{"Content-Type": kind})

    assert page.status == status
    assert "Nothing was stored." in page.words
    assert world.venue.requests == []


async def test_a_field_that_is_sent_twice_is_refused(world: LinkWorld, anna: Visitor) -> None:
    form = await anna.form(await world.token())
    own = form.controls["form"].value

    body = urlencode([("form", own), *KEYS.items(), ("field.api_secret", "another")])
    page = await anna.post(form.url, body)

    assert page.status == 400
    assert world.venue.requests == []
