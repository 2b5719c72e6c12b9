"""Where one alert stands, as all processes of the bot see it together. Pure steps.

Each process that sees the condition signs in, and out when it is gone for it; the alert is over
when the last one has. Whoever takes a step stores a claim first, so that of several processes one
tells; a claim that comes to nothing lapses and the step is taken again. Better told twice than
never.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

PAUSE: Final = timedelta(minutes=15)
"""Between two messages that an alert holds, however often it comes and goes."""

CLAIM: Final = timedelta(minutes=1)
SIGN: Final = timedelta(minutes=1)
"""How often a process says that it still sees it."""

GONE: Final = timedelta(minutes=4)
"""A process that has not signed for so long has ended."""


class Step(StrEnum):
    """What has to be told."""

    FIRST = "first"
    """A message that it holds."""

    AGAIN = "again"
    """It is back so soon that the message that is there says so."""

    OVER = "over"
    """A message that it is over; the first one says so too."""

    GONE_AGAIN = "gone again"
    """What came back is over; nobody was told of it but by the message that is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watcher:
    """A process that sees the condition, and when it last said so."""

    process: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertState:
    """One alert, of one broker where it is about one.

    Attributes:
        key: The alert's name, with the broker's id after a colon.
        since: When the condition began.
        over_at: When the last process lost sight of it; None while it holds.
        abandoned: That was because the process ended.
        told: A message said that it holds, so its end has to be told.
        shown: The message in the channel says that it holds.
        told_at: When the last such message was sent.
        message: Where it can be edited.
    """

    key: str
    since: datetime
    watchers: tuple[Watcher, ...] = ()
    over_at: datetime | None = None
    abandoned: bool = False
    told: bool = False
    shown: bool = False
    told_at: datetime | None = None
    message: str = ""
    claim_until: datetime | None = None
    version: int = 0


def seen(
    state: AlertState | None, key: str, *, process: str, since: datetime, now: datetime
) -> AlertState:
    """`process` sees the condition, since then; the state itself where that is known."""
    me = Watcher(process=process, at=now)
    if state is None:
        return AlertState(key=key, since=since, watchers=(me,))
    if state.over_at is not None:
        # An end that nobody was told of did not happen: the message that is there stays true.
        began = state.since if state.told else since
        return replace(state, since=began, watchers=(me,), over_at=None, abandoned=False)
    if any(one.process == process and now - one.at < SIGN for one in state.watchers):
        return state
    others = tuple(one for one in state.watchers if one.process != process)
    return replace(state, watchers=(*others, me))


def unseen(state: AlertState, *, process: str, now: datetime, sure: bool) -> AlertState:
    """`process` does not see it.

    Args:
        sure: Processes that have not signed for long have ended; without it that is left open,
            since it may be the store that did not take their signature.
    """
    if state.over_at is not None:
        return state
    left = tuple(
        one
        for one in state.watchers
        if one.process != process and not (sure and now - one.at >= GONE)
    )
    if left == state.watchers:
        return state
    if left:
        return replace(state, watchers=left)
    mine = any(one.process == process for one in state.watchers)
    return replace(state, watchers=(), over_at=now, abandoned=not mine)


def next_step(state: AlertState, now: datetime) -> Step | None:
    """What has to be told now; None while another process is at it."""
    if state.claim_until is not None and now < state.claim_until:
        return None
    if state.over_at is not None:
        return Step.OVER if state.told else Step.GONE_AGAIN if state.shown else None
    if state.told:
        return None
    if state.told_at is None or now - state.told_at >= PAUSE:
        return Step.FIRST
    return Step.AGAIN if state.message and not state.shown else None


def after(state: AlertState, step: Step, message: str, now: datetime) -> AlertState:
    """Once `step` was told in `message`."""
    free = replace(state, claim_until=None)
    match step:
        case Step.FIRST:
            return replace(free, told=True, shown=True, told_at=now, message=message)
        case Step.AGAIN:
            return replace(free, shown=True)
        case Step.OVER:
            return replace(free, told=False, shown=False)
        case Step.GONE_AGAIN:
            return replace(free, shown=False)
