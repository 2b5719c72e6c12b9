"""docs/errors.md has one row a code, with the words that cards use."""

from datetime import timedelta

import pytest

from floorbroker.domain.error_codes import ErrorCode, Sent, Words
from floorbroker.domain.error_words import WORDS
from tests.docs.error_page import retry
from tests.docs.pages import DOCS, rows

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
