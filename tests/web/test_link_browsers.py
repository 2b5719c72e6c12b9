"""What is made from a browser's secret belongs to one browser, one link, one moment."""

from dataclasses import replace
from datetime import timedelta

import pytest

from floorbroker.domain.ids import BrokerId
from floorbroker.domain.link_ticket import LinkTicket
from floorbroker.domain.modes import Environment
from floorbroker.services.link_tickets import digest
from floorbroker.web.browsers import Browser, is_token, ref_in, ref_of
from tests.fakes.clock import NOON
from tests.floor import ANNA

TOKEN = "t" * 43
TICKET = LinkTicket(
    ticket_id=digest(TOKEN),
    user_id=ANNA,
    broker=BrokerId("alpaca"),
    environment=Environment.PAPER,
    created_at=NOON,
    expires_at=NOON + timedelta(minutes=5),
)
OTHER_LINK = replace(TICKET, ticket_id=digest("u" * 43))
BROWSER = Browser.fresh(TOKEN)
OTHER_BROWSER = Browser.fresh(TOKEN)


def test_a_state_is_of_one_browser_one_link_and_one_moment() -> None:
    state = BROWSER.state(TICKET)

    assert BROWSER.left_with(state, TICKET)
    assert not OTHER_BROWSER.left_with(state, TICKET)
    assert not BROWSER.left_with(state, OTHER_LINK)
    assert not BROWSER.left_with(state, replace(TICKET, version=TICKET.version + 1))


def test_a_form_is_of_one_browser_and_one_link() -> None:
    form = BROWSER.form_token(TICKET)

    assert BROWSER.has_form(form, TICKET)
    assert BROWSER.has_form(form, replace(TICKET, version=7, tries=3))  # it may be sent again
    assert not OTHER_BROWSER.has_form(form, TICKET)
    assert not BROWSER.has_form(form, OTHER_LINK)


def test_nothing_that_is_made_of_the_secret_is_another_thing_that_is() -> None:
    mac = BROWSER.state(TICKET).rpartition(".")[2]

    made = {mac, BROWSER.form_token(TICKET), BROWSER.verifier, BROWSER.challenge, BROWSER.secret}
    assert len(made) == 5


def test_the_verifier_is_one_that_rfc_7636_allows() -> None:
    """Its appendix B has no vector for ours; length and alphabet are what Discord enforces."""
    assert is_token(BROWSER.verifier)
    assert is_token(BROWSER.challenge)
    assert BROWSER.verifier != OTHER_BROWSER.verifier


def test_the_name_of_a_link_does_not_lead_to_its_token() -> None:
    assert ref_of(TOKEN) == BROWSER.ref == digest(TOKEN)[:16]
    assert ref_in(BROWSER.state(TICKET)) == BROWSER.ref
    assert TOKEN not in BROWSER.state(TICKET)


def test_what_is_secret_is_not_shown() -> None:
    assert repr(BROWSER) == "Browser()"


@pytest.mark.parametrize(
    "text", ["", "t" * 42, "t" * 44, "t" * 42 + "=", "t" * 42 + "é", "t" * 43 + "\n"]
)
def test_what_has_not_the_shape_of_a_token_is_none(text: str) -> None:
    assert not is_token(text)
