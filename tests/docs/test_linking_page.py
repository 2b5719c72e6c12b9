"""docs/linking.md names every page that a person can meet, and the limits as they are."""

import pytest

from floorbroker.domain.error_codes import ErrorCode
from floorbroker.domain.error_words import WORDS
from floorbroker.services.link_tickets import MOST_TRIES, TICKET_LIFE
from floorbroker.web import notices
from floorbroker.web.notices import LONGEST_WORDS, Notice
from floorbroker.web.rate import PER_ADDRESS, PER_LINK
from tests.docs.pages import DOCS, rows

PAGE = (DOCS / "linking.md").read_text()
FLAT = " ".join(PAGE.split())
READ = {title.strip() for row in rows(PAGE, "You read") for title in row[0].split(",")}
OUR_OWN = {
    ErrorCode.LINK_EXPIRED,
    ErrorCode.LINK_USED,
    ErrorCode.STORE_UNAVAILABLE,
    ErrorCode.POLICY,
    ErrorCode.UNKNOWN,
    ErrorCode.AUTHENTICATION_FAILED,
    ErrorCode.CONNECTION_FAILED,
    ErrorCode.TIMEOUT,
}
NOTICES = {
    notice.title
    for notice in vars(notices).values()
    if isinstance(notice, Notice) and notice is not notices.PREFETCHED
}


@pytest.mark.parametrize("title", sorted(NOTICES | {WORDS[code].title for code in OUR_OWN}))
def test_every_page_that_a_person_can_meet_is_explained(title: str) -> None:
    assert title in READ


@pytest.mark.parametrize(
    "sentence",
    [
        f"({PER_ADDRESS.amount} a minute an address, {PER_LINK.amount} a link)",
        f"cut to {LONGEST_WORDS} characters",
    ],
)
def test_the_limits_are_those_of_the_code(sentence: str) -> None:
    assert sentence in FLAT


def test_minutes_and_tries_are_those_of_the_code() -> None:
    assert (TICKET_LIFE.total_seconds() / 60, "for five minutes" in FLAT) == (5, True)
    assert (MOST_TRIES, "five tries a link" in FLAT) == (5, True)
