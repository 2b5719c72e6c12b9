"""docs/errors.md has one row a code, with the words that cards use."""

from datetime import timedelta

import pytest

from floorbroker.brokers.registry import all_brokers, get_broker
from floorbroker.domain.error_codes import ErrorCode, Sent, Words
from floorbroker.domain.error_words import WORDS
from floorbroker.domain.ids import BrokerId
from tests.docs.error_page import retry
from tests.docs.pages import DOCS, rows
from tests.docs.raised import brokers_of, raisers

ROWS = {row[0].strip("`"): row for row in rows((DOCS / "errors.md").read_text(), "Code")}


def test_there_is_one_row_for_every_code_and_none_for_anything_else() -> None:
    assert list(ROWS) == [code.value for code in ErrorCode]


@pytest.mark.parametrize("code", ErrorCode)
def test_a_row_has_the_words_of_the_card(code: ErrorCode) -> None:
    _, title, happened, _, now, _ = ROWS[code.value]

    assert (title, happened, now) == (WORDS[code].title, WORDS[code].happened, WORDS[code].now)


def test_what_may_have_been_sent_is_said() -> None:
    sent = {code for code, row in ROWS.items() if row[3] != "no"}

    assert sent == {code.value for code in ErrorCode if WORDS[code].sent is not Sent.NOTHING}


@pytest.mark.parametrize(
    ("can_retry", "after", "said"),
    [
        (False, None, "no"),
        (True, None, "yes"),
        (True, timedelta(seconds=5), "after 5 s"),
        (True, timedelta(minutes=1), "after 1 min"),
    ],
)
def test_retrying_is_told_in_words(can_retry: bool, after: timedelta | None, said: str) -> None:
    words = Words(title="", happened="", now="", can_retry=can_retry, retry_after=after)

    assert retry(words) == said


@pytest.mark.parametrize("code", ErrorCode)
def test_something_in_the_code_causes_every_code(code: ErrorCode) -> None:
    assert raisers()[code]


def _names_at(code: ErrorCode) -> set[str]:
    """The brokers that cause it; what gateways share is caused at each of them."""
    folders = brokers_of(code)
    ids = {BrokerId(one) for one in folders - {"shared"}}
    if "shared" in folders:
        ids |= {one.id for one in all_brokers() if one.gateway is not None}
    return {get_broker(one).name.replace("*", "\\*") for one in ids}


def test_the_codes_of_some_brokers_only_are_told_with_the_brokers_that_cause_them() -> None:
    text = (DOCS / "errors.md").read_text().partition("## Codes of some brokers only")[2]
    told = {ErrorCode(row[0].strip("`")): row for row in rows(text, "Of some only")}

    assert {code: set(row[1].split(", ")) for code, row in told.items()} == {
        code: _names_at(code) for code in told
    }
    of_one_alone = {code for code in ErrorCode if len(brokers_of(code)) == 1}
    not_the_brokers = {ErrorCode.MISSING_EXTRA, ErrorCode.POSITION_SIZE_EXCEEDED}
    assert of_one_alone - not_the_brokers <= set(told)
