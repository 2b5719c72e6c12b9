"""A link that died, as its person is told."""

from dataclasses import replace

import pytest

from floorbroker.bot.replies.link_cards import dead_card
from floorbroker.domain.ids import LinkId
from floorbroker.domain.modes import Environment
from tests.bot.drawn import account, drawn


@pytest.mark.parametrize("environment", Environment)
def test_it_says_what_stays_at_the_broker_and_how_to_go_on(environment: Environment) -> None:
    link = replace(account(label="My Schwab", environment=environment).link)

    seen = drawn(dead_card(link))

    seen.assert_fits()
    assert "My Schwab no longer works" in seen.text
    assert environment.value.upper() in seen.text
    assert "may still fill: look there" in " ".join(seen.text.split())
    assert list(seen.buttons) == ["Link again"]


def test_without_room_for_a_button_the_command_is_named() -> None:
    link = replace(account().link, link_id=LinkId("x" * 100))

    assert "/setup renew" in drawn(dead_card(link)).text
