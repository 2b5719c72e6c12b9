"""The table of error codes, from their words for people."""

from datetime import timedelta

from floorbroker.domain.error_codes import ErrorCode, Sent, Words
from floorbroker.domain.error_words import WORDS

_SENT = {
    Sent.NOTHING: "no",
    Sent.NOTHING_NEW: "no; what was sent before is as it was",
    Sent.REFUSED: "yes, and refused",
    Sent.MAYBE: "yes, outcome unknown",
    Sent.UNSURE: "not certain",
}


def errors_table() -> str:
    """One row a code."""
    lines = [
        "| Code | Title | What happened | Was anything sent? | What now | Retry |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    lines += [_row(code, WORDS[code]) for code in ErrorCode]
    return "\n".join(lines) + "\n"


def _row(code: ErrorCode, words: Words) -> str:
    cells = (f"`{code}`", words.title, words.happened, _SENT[words.sent], words.now, retry(words))
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def retry(words: Words) -> str:
    """Whether the same may succeed later, and after how long."""
    if not words.can_retry:
        return "no"
    return "yes" if words.retry_after is None else f"after {_span(words.retry_after)}"


def _span(span: timedelta) -> str:
    seconds = int(span.total_seconds())
    return f"{seconds} s" if seconds < 60 else f"{seconds // 60} min"
