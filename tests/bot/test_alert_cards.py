"""What operators read: what is wrong, since when, what to do first, and that it is over."""

from datetime import timedelta
from typing import Any

import pytest

from floorbroker.bot.replies.alert_cards import alert_card, present_card
from floorbroker.bot.replies.card import Tone
from floorbroker.domain.alert_state import Step
from floorbroker.domain.alerts import ALERTS, Alert, AlertName, alert
from floorbroker.domain.ids import BrokerId
from floorbroker.services.alerting import AlertNotice
from tests.bot.drawn import drawn
from tests.domain.building import NOON

PHONE_CHARACTERS = 600
"""What a phone shows without scrolling, more or less."""


def notice(row: Alert, step: Step = Step.FIRST, **changes: Any) -> AlertNotice:
    usual: dict[str, Any] = {
        "alert": row,
        "broker": BrokerId("schwab") if row.name is AlertName.BREAKER_OPEN else None,
        "step": step,
        "since": NOON,
        "over_at": None,
        "abandoned": False,
        "figures": "12 of 40 commands within five minutes.",
        "process": "a1b2c3d4",
        "key": row.name,
    }
    return AlertNotice(**{**usual, **changes})


STORE = alert(AlertName.STORE_DOWN)
BREAKER = alert(AlertName.BREAKER_OPEN)
each_alert = pytest.mark.parametrize("row", ALERTS, ids=lambda row: row.name)


@each_alert
def test_an_alert_says_what_since_when_how_much_which_process_and_what_to_do(row: Alert) -> None:
    card = alert_card(notice(row))

    message = drawn(card)
    assert card.tone is (Tone.BAD if row.serious else Tone.CAUTION)
    for words in (row.title, row.meaning, row.first, "12 of 40", "a1b2c3d4", "docs/runbook.md"):
        assert words in message.text.replace("\\", ""), words
    assert f"<t:{int(NOON.timestamp())}:R>" in message.text
    message.assert_fits()
    assert len(message.text) <= PHONE_CHARACTERS


def test_the_broker_is_named_as_people_know_it() -> None:
    assert alert_card(notice(BREAKER)).title == "Breaker open · Charles Schwab"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (20, "It lasted less than a minute."),
        (60, "It lasted 1 minute."),
        (3_540, "It lasted 59 minutes."),
        (3_600, "It lasted 1 hour."),
        (90_000, "It lasted 25 hours."),
    ],
)
def test_its_end_is_short_and_says_how_long_it_lasted(seconds: int, words: str) -> None:
    over_at = NOON + timedelta(seconds=seconds) + STORE.over_after

    card = alert_card(notice(STORE, Step.OVER, over_at=over_at))

    assert (card.title, card.tone, card.lead) == ("Over: Store down", Tone.GOOD, words)
    assert card.rows == card.footer == ()


def test_an_end_that_nobody_saw_says_so() -> None:
    card = alert_card(notice(STORE, Step.OVER, over_at=NOON, abandoned=True))

    assert card.tone is Tone.CAUTION
    assert "look once more" in card.lead


def test_the_first_message_then_says_when_it_was() -> None:
    over_at = NOON + timedelta(minutes=5)

    card = present_card(notice(STORE, Step.OVER, over_at=over_at + STORE.over_after))

    assert card.title == "Over: Store down"
    assert [(row.name, row.value) for row in card.rows] == [("Began", NOON), ("Over", over_at)]
    drawn(card).assert_fits()


def test_what_is_back_shows_the_alert_again() -> None:
    assert present_card(notice(STORE, Step.AGAIN)) == alert_card(notice(STORE))


def test_a_message_that_a_newer_one_follows_leads_to_it() -> None:
    card = present_card(notice(STORE, Step.FIRST))

    assert "newer message" in card.lead
    assert card.tone is Tone.NEUTRAL
