"""What the owner is told of a gateway, and what a look at it shows."""

import pytest

from floorbroker.bot.replies.card import Card, Tone
from floorbroker.bot.replies.gateway_cards import gateway_card, gateway_section
from floorbroker.bot.replies.setup_cards import broker_card, status_card
from floorbroker.brokers.availability import Availability
from floorbroker.brokers.gateway_checks import GatewayCheck, Outcome
from floorbroker.brokers.registry import get_broker
from floorbroker.domain.connections import ConnectionEvent, ConnectionState
from floorbroker.domain.ids import BrokerId
from floorbroker.domain.modes import DeploymentMode
from tests.bot.drawn import brokers, drawn
from tests.domain.building import NOON

IBKR = BrokerId("ibkr")
LOOK = (
    GatewayCheck(about="Port", outcome=Outcome.GOOD, found="127.0.0.1:7497 answers."),
    GatewayCheck(
        about="Client id",
        outcome=Outcome.BAD,
        found="1 to 4 are taken.",
        now="Close the other program, or set IB_CLIENT_ID.",
    ),
)


def event(state: ConnectionState, detail: str = "") -> ConnectionEvent:
    before = ConnectionState.CONNECTED
    return ConnectionEvent(broker=IBKR, before=before, state=state, at=NOON, detail=detail)


@pytest.mark.parametrize(
    ("state", "tone", "title", "words"),
    [
        (
            ConnectionState.RECONNECTING,
            Tone.CAUTION,
            "Interactive Brokers is not connected",
            "nothing is sent",
        ),
        (
            ConnectionState.FAILED,
            Tone.BAD,
            "Interactive Brokers is not connected",
            "Look whether TWS or IB Gateway runs",
        ),
        (
            ConnectionState.CONNECTED,
            Tone.GOOD,
            "Interactive Brokers is connected again",
            "read anew",
        ),
    ],
)
def test_a_change_says_what_it_means(
    state: ConnectionState, tone: Tone, title: str, words: str
) -> None:
    card = gateway_card(event(state))

    assert card.tone is tone
    assert card.title == title
    message = drawn(card)
    assert words in message.text
    message.assert_fits()


def test_the_gateways_own_reason_is_the_sentence_that_matters() -> None:
    card = gateway_card(event(ConnectionState.RECONNECTING, "TWS restarts every night."))

    assert card.lead == "TWS restarts every night."


def test_a_look_has_a_line_each_and_what_to_do_about_what_is_wrong() -> None:
    section = gateway_section(IBKR, LOOK)

    assert section.lines == (
        "✓ Port: 127.0.0.1:7497 answers.",
        "✗ Client id: 1 to 4 are taken. Close the other program, or set IB_CLIENT_ID.",
    )


def test_the_status_shows_each_gateway() -> None:
    card = status_card(DeploymentMode.SINGLE_USER, [], [], {}, {}, {IBKR: LOOK})

    message = drawn(card)
    assert "Interactive Brokers: gateway" in message.text
    assert "Close the other program" in message.text
    assert card.tone is Tone.CAUTION
    message.assert_fits()


def at_home(*, selectable: bool) -> Card:
    one = Availability(spec=get_broker("ibkr"), selectable=selectable)
    mode = DeploymentMode.SINGLE_USER
    return broker_card(one, brokers(mode), mode, live_offered=True)


def test_at_home_its_page_tells_ports_and_risks_and_has_a_way_in() -> None:
    card = at_home(selectable=True)

    message = drawn(card)
    assert "7496: TWS, live: HIGH RISK" in message.text
    assert [one.label for one in card.buttons] == ["Link paper account", "Link live account"]
    assert card.title.endswith("Interactive Brokers")
    message.assert_fits()


def test_where_it_cannot_be_linked_there_is_no_way_in() -> None:
    assert at_home(selectable=False).buttons == ()
