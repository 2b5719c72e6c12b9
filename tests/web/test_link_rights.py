"""Keys that may do more than they should, where the broker tells."""

from typing import Any, Final

import pytest

from floorbroker.brokers.port import KeyRights
from floorbroker.brokers.spec import Capability
from floorbroker.domain.modes import Environment
from tests.fakes.exchange.venue import Venue
from tests.floor import KEYED, House
from tests.services.conftest import Build
from tests.web.link_world import (
    KEYS,
    LinkWorld,
    Visitor,
    assert_nothing_linked,
    chosen_settings,
    free_port,
)
from tests.web.test_link_keys import assert_form_again

GOOD: Final = {"trade": True, "withdraw": False, "ip_restricted": True, "expires_at": None}


@pytest.fixture
def house(build: Build, venue: Venue) -> House:
    offers = frozenset({Capability.KEY_RIGHTS})
    return build(venue=venue, scripted=KEYED, chosen=chosen_settings(free_port()), offers=offers)


@pytest.mark.parametrize(
    ("rights", "words"),
    [
        ({"withdraw": True}, "This key may withdraw or transfer money. Make one at Alpaca"),
        ({"trade": False}, "This key may not trade. Make one at Alpaca"),
    ],
)
async def test_a_dangerous_key_is_refused_on_the_form_and_another_one_works(
    world: LinkWorld, anna: Visitor, rights: dict[str, Any], words: str
) -> None:
    world.venue.rights = KeyRights(**{**GOOD, **rights})
    form = await anna.form(await world.token())

    page = await anna.send(form)
    await assert_nothing_linked(world)
    world.venue.rights = KeyRights(**GOOD)
    found = await anna.send(page)

    assert_form_again(page, words)
    assert "Nothing was stored. Enter another one." in page.words
    assert "4 tries left" in page.words
    assert found.title.startswith("Account found")


async def test_what_one_should_know_of_a_key_is_told_when_it_is_linked(
    world: LinkWorld, anna: Visitor
) -> None:
    world.venue.rights = KeyRights(**{**GOOD, "withdraw": None, "ip_restricted": False})

    form = await anna.form(await world.token(environment=Environment.LIVE))
    found = await anna.send(form, {**KEYS, "terms": "on"})

    assert "Keep in mind: The broker does not say whether this key may withdraw." in found.words
    assert "Keep in mind: This key works from any address." in found.words
