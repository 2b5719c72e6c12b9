"""What operators read on their phones: that something is wrong with the service, and its end."""

from datetime import datetime, timedelta
from typing import Final

from floorbroker.bot.replies.card import Card, Row, Tone
from floorbroker.brokers.registry import get_broker
from floorbroker.domain.alert_state import Step
from floorbroker.services.alerting import AlertNotice

_RUNBOOK: Final = "docs/runbook.md"
_ABANDONED: Final = (
    "The process that saw it has ended, and no other sees it. That proves little: look once more."
)


def alert_card(notice: AlertNotice) -> Card:
    """The message that is sent: that it holds, or a short one that it is over."""
    if notice.step is Step.OVER:
        return Card(
            title=f"Over: {_title(notice)}",
            tone=Tone.CAUTION if notice.abandoned else Tone.GOOD,
            lead=_ABANDONED if notice.abandoned else f"It lasted {_lasted(notice)}.",
        )
    return _holding(notice)


def present_card(notice: AlertNotice) -> Card:
    """The message that is there, brought up to date."""
    if notice.step is Step.FIRST:
        return Card(
            title=_title(notice),
            lead="It came back and stays; the newer message about it is the one to follow.",
            rows=(Row("Since", notice.since),),
        )
    if notice.over_at is None:
        return _holding(notice)
    return Card(
        title=f"Over: {_title(notice)}",
        lead=_ABANDONED if notice.abandoned else f"It lasted {_lasted(notice)}.",
        rows=(Row("Began", notice.since), Row("Over", _ended(notice))),
        footer=_footer(notice),
    )


def _holding(notice: AlertNotice) -> Card:
    row = notice.alert
    return Card(
        title=_title(notice),
        tone=Tone.BAD if row.serious else Tone.CAUTION,
        lead=notice.figures,
        rows=(
            Row("Since", notice.since),
            Row("What it means:", row.meaning),
            Row("Do first:", row.first),
        ),
        footer=_footer(notice),
    )


def _title(notice: AlertNotice) -> str:
    title = notice.alert.title
    return f"{title} · {get_broker(notice.broker).name}" if notice.broker else title


def _footer(notice: AlertNotice) -> tuple[Row, ...]:
    return (
        Row("Process", notice.process),
        Row("More:", f"{_RUNBOOK}, “{notice.alert.title}”"),
    )


def _ended(notice: AlertNotice) -> datetime:
    """When it was gone: it was called over only after it had been gone for its time."""
    over_at = notice.over_at or notice.since
    gone = over_at if notice.abandoned else over_at - notice.alert.over_after
    return max(gone, notice.since)


def _lasted(notice: AlertNotice) -> str:
    """How long, in the largest unit that fits."""
    lasted = _ended(notice) - notice.since
    for unit, name in ((timedelta(hours=1), "hour"), (timedelta(minutes=1), "minute")):
        if lasted >= unit:
            number = lasted // unit
            return f"{number} {name}{'s' * (number > 1)}"
    return "less than a minute"
