"""The state that Discord hands back: this browser's, this link's, once."""

from typing import Any, Final
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from floorbroker.services.link_tickets import TICKET_LIFE
from tests.simulators.discord_oauth import (
    ME_PATH,
    TOKEN_PATH,
)
from tests.web.link_world import (
    LinkWorld,
    Visitor,
    assert_over,
    exchanged,
    unproven,
)

HEX: Final = "0123456789abcdef"


# A state is `ref.version.mac`. These are near misses, wild guesses, and texts of any kind.
_MACS = st.text(HEX, min_size=64, max_size=64)
_FORGED = st.one_of(
    st.tuples(st.just("own"), st.integers(0, 3).map(str), _MACS),
    st.tuples(st.text(HEX, min_size=16, max_size=16), st.just("1"), _MACS),
    st.tuples(st.just("own"), st.text(max_size=8), st.text(max_size=80)),
    st.tuples(st.just("real"), st.integers(0, 255)),
    st.tuples(st.just("cut"), st.integers(0, 82)),
    st.tuples(st.text(max_size=120)),
)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(parts=_FORGED)
async def test_a_forged_state_is_refused(world: LinkWorld, parts: tuple[Any, ...]) -> None:
    world.house.clock.advance(601)  # so that nobody has asked for too many links
    async with world.browser() as anna:
        token = await world.token()
        asked = await anna.leave(token)
        real = asked["state"]
        if parts[0] == "real":  # one bit of it is another
            place, bit = divmod(parts[1] * 7 % (len(real) * 7), 7)
            state = real[:place] + chr(ord(real[place]) ^ 1 << bit) + real[place + 1 :]
        elif parts[0] == "cut":
            state = real[: parts[1] % len(real)]
        else:
            state = ".".join(parts).replace("own", real.partition(".")[0])
        code = world.discord.code(asked)

        page = await anna.get(f"/identity?{urlencode({'code': code, 'state': state})}")

        assert page.status == 400, state
        assert page.title.startswith(("This step is over", "Started in another browser"))
        assert exchanged(world) == []
        assert await unproven(world, token)


async def test_without_a_state_nothing_is_asked(world: LinkWorld, anna: Visitor) -> None:
    asked = await anna.leave(await world.token())

    page = await anna.get(f"/identity?code={world.discord.code(asked)}")

    assert_over(page, "This step is over")
    assert exchanged(world) == []


async def test_a_state_works_once(world: LinkWorld, anna: Visitor) -> None:
    token = await world.token()
    asked = await anna.leave(token)
    ((name, cookie),) = anna.cookies()
    back = world.discord.decide(asked)
    assert (await anna.get(back)).status == 303

    with_new_cookie = await anna.get(back)
    async with world.browser() as kept:  # somebody kept the cookie of before
        kept.headers["Cookie"] = f"{name}={cookie}"
        fresh = world.discord.code(asked)
        again = f"/identity?{urlencode({'code': fresh, 'state': asked['state']})}"
        with_old_cookie = await kept.get(again)
        ref, version, rest = asked["state"].split(".")
        bent = urlencode({"code": fresh, "state": f"{ref}.{int(version) + 1}.{rest}"})
        with_bent_state = await kept.get(f"/identity?{bent}")

    for page in (with_new_cookie, with_old_cookie, with_bent_state):
        assert_over(page, "This step is over")
    assert exchanged(world) == [TOKEN_PATH, ME_PATH]


async def test_a_replayed_way_back_leaves_the_proven_browser_alone(
    world: LinkWorld, anna: Visitor
) -> None:
    asked = await anna.leave(await world.token())
    back = world.discord.decide(asked)
    form = await anna.get((await anna.get(back)).headers["Location"])

    await anna.get(back)

    assert (await anna.send(form)).title.startswith("Account found")


async def test_a_state_of_another_browser_is_refused(world: LinkWorld, anna: Visitor) -> None:
    token = await world.token()
    async with world.browser() as other:
        theirs = await other.leave(token)
    await anna.leave(token)

    page = await anna.get(world.discord.decide(theirs))

    assert_over(page, "This step is over")
    assert exchanged(world) == []


async def test_a_browser_that_did_not_leave_from_here_is_refused(
    world: LinkWorld, anna: Visitor
) -> None:
    asked = await anna.leave(await world.token())

    async with world.browser() as victim:  # is sent the attacker's way back
        page = await victim.get(world.discord.decide(asked))

    assert_over(page, "Started in another browser")
    assert "keeps no cookies" in page.words
    assert exchanged(world) == []


async def test_states_of_two_links_are_not_swapped(world: LinkWorld, anna: Visitor) -> None:
    first, second = await world.token(), await world.token()
    one, other = await anna.leave(first), await anna.leave(second)
    ref, _, _ = one["state"].partition(".")
    _, _, rest = other["state"].partition(".")

    page = await anna.get(world.discord.decide({**other, "state": f"{ref}.{rest}"}))

    assert_over(page, "This step is over")
    assert await unproven(world, first)
    assert await unproven(world, second)


async def test_a_state_ends_with_its_link(world: LinkWorld, anna: Visitor) -> None:
    asked = await anna.leave(await world.token())
    world.house.clock.advance(TICKET_LIFE.total_seconds())

    page = await anna.get(world.discord.decide(asked))

    assert page.status == 410
    assert "This link has expired" in page.words
    assert exchanged(world) == []


async def test_a_code_of_another_browser_does_not_fit_the_verifier(
    world: LinkWorld, anna: Visitor
) -> None:
    """Somebody makes this browser come back with a code that they got themselves."""
    token = await world.token()
    async with world.browser() as other:
        theirs = world.discord.code(await other.leave(token))
    asked = await anna.leave(token)

    back = {"code": theirs, "state": asked["state"]}
    page = await anna.get(f"/identity?{urlencode(back)}")

    assert_over(page, "Discord does not confirm it")
    assert exchanged(world) == [TOKEN_PATH]
    assert await unproven(world, token)


async def test_a_code_works_once(world: LinkWorld, anna: Visitor) -> None:
    first = await anna.leave(await world.token())
    back = world.discord.decide(first)
    await anna.get(back)
    code = back.partition("code=")[2].partition("&")[0]
    second = await anna.leave(await world.token())

    page = await anna.get(f"/identity?{urlencode({'code': code, 'state': second['state']})}")

    assert_over(page, "Discord does not confirm it")


@pytest.mark.parametrize("issuer", ["https://evil.example", "", "https://discord.com"])
async def test_an_answer_that_somebody_else_issued_is_refused(
    world: LinkWorld, anna: Visitor, issuer: str
) -> None:
    token = await world.token()
    asked = await anna.leave(token)
    back = {"code": world.discord.code(asked), "state": asked["state"], "iss": issuer}

    page = await anna.get(f"/identity?{urlencode(back)}")

    assert_over(page, "This step is over")
    assert exchanged(world) == []
    assert anna.cookies() == []


async def test_an_answer_need_not_name_its_issuer(world: LinkWorld, anna: Visitor) -> None:
    world.discord.issuer = ""

    assert (await anna.form(await world.token())).status == 200
