"""Operators are told once that something is wrong, and once that it is over.

Each process feels the conditions for itself; what was told is kept in the store, so that of
several processes one tells and a restart tells nothing twice (`domain/alert_state.py`). While the
store is away the process keeps what it tells in memory.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Protocol

import structlog

from floorbroker.domain.alert_state import (
    CLAIM,
    GONE,
    AlertState,
    Step,
    after,
    next_step,
    seen,
    unseen,
)
from floorbroker.domain.alerts import Alert, AlertName, alert
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import StoreUnavailable
from floorbroker.domain.ids import BrokerId
from floorbroker.services.alert_holds import Hold
from floorbroker.services.alert_looks import AlertLooks, Reading
from floorbroker.storage.ops_alerts import OpsAlerts

LOOK: Final = timedelta(seconds=15)
_STORE_SECONDS: Final = 5.0
_NAMES: Final = frozenset(AlertName)
_log = structlog.get_logger(__name__)

_Save = Callable[[AlertState | None, AlertState], Awaitable[AlertState | None]]
_Mark = tuple[str, datetime, Step]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertNotice:
    """What operators are told.

    Attributes:
        step: Why now.
        over_at: None while it holds.
        figures: A sentence with numbers; empty where this process does not see it.
        process: Who tells; the same word stands in the log.
    """

    alert: Alert
    broker: BrokerId | None
    step: Step
    since: datetime
    over_at: datetime | None
    abandoned: bool
    figures: str
    process: str
    key: str


class OpsMessenger(Protocol):
    """The way to the operators."""

    @property
    def has_channel(self) -> bool:
        """Whether there is a channel for them."""
        ...

    async def tell(self, notice: AlertNotice, before: str) -> str | None:
        """Sends a message, and brings the one `before` up to date where there is one.

        Returns:
            Where the message can be edited; None if it reached nobody.
        """
        ...

    async def bring_up_to_date(self, notice: AlertNotice, message: str) -> None:
        """Edits a message, without a sound; one that is gone stays gone."""
        ...


class Alerting:
    """Looks, and tells."""

    def __init__(
        self,
        *,
        looks: AlertLooks,
        stored: OpsAlerts,
        messenger: OpsMessenger,
        clock: Clock,
        process: str,
        store_seconds: float = _STORE_SECONDS,
    ) -> None:
        """`process` is a word for this process."""
        self._looks = looks
        self._stored = stored
        self._messenger = messenger
        self._clock = clock
        self._process = process
        self._store_seconds = store_seconds
        self._holds: dict[str, Hold] = {}
        self._figures: dict[str, str] = {}
        # What the store held when it last answered, and what is told without it.
        self._known: dict[str, AlertState] = {}
        self._readable_since: datetime | None = None
        self._own: dict[str, AlertState] = {}
        # What was told and is not stored as told yet, and what could not be told.
        self._sent: dict[_Mark, str] = {}
        self._complained: set[_Mark] = set()

    async def sweep(self) -> None:
        """Looks once, and tells whatever has to be told."""
        self._feel(await self._looks.take())
        readable = await self._read()
        for key in sorted({*self._holds, *self._known, *self._own}):
            if _row(key).owner_knows and not self._messenger.has_channel:
                continue
            if not _finished(self._own.get(key)):
                await self._tend(key, self._own[key], self._keep_own)
            elif readable:
                try:
                    await self._tend(key, self._known.get(key), self._save)
                except (StoreUnavailable, TimeoutError):
                    _log.info("alert_not_stored", alert=key)
            elif _finished(self._known.get(key)):
                # What others were told already is not told again from here.
                before = self._own.get(key) or self._known.get(key)
                await self._tend(key, before, self._keep_own)

    def _feel(self, readings: Sequence[Reading]) -> None:
        now = self._clock.now()
        found = {reading.key: reading for reading in readings}
        for key in {*found, *self._holds}:
            reading = found.get(key)
            hold = self._holds.setdefault(key, Hold(_row(key)))
            fired = hold.firing
            hold.feel(False if reading is None else reading.holds, now)
            if reading is not None and reading.holds:
                self._figures[key] = reading.figures
            if hold.firing and not fired:
                figures = self._figures.get(key, "")
                _log.error("alert", alert=key, figures=figures, process=self._process)
            elif fired and not hold.firing:
                _log.warning("alert_over", alert=key, process=self._process)

    async def _read(self) -> bool:
        """Whether the store told what it knows."""
        try:
            async with asyncio.timeout(self._store_seconds):
                found = await self._stored.all()
        except (StoreUnavailable, TimeoutError):
            self._readable_since = None
            return False
        # A later version's alerts are its own business.
        self._known = {
            key: state for key, state in found.items() if key.partition(":")[0] in _NAMES
        }
        self._readable_since = self._readable_since or self._clock.now()
        return True

    async def _tend(self, key: str, before: AlertState | None, save: _Save) -> None:
        now = self._clock.now()
        state = self._felt(key, before, now)
        if state is None:
            return
        step = next_step(state, now)
        if step is not None:
            state = replace(state, claim_until=now + CLAIM)
        if state is before:
            return
        claimed = await save(before, state)
        if claimed is None or step is None:
            return  # another process was faster, or there is nothing to tell
        mark = (key, state.since, step)
        message = self._sent.get(mark) or await self._told(claimed, step)
        if message is None:
            self._complain(mark)
            return
        self._sent[mark] = message
        if await save(claimed, after(claimed, step, message, now)) is None:
            # Others have signed meanwhile: what was told must not get lost among their names.
            present = (await self._stored.all()).get(key)
            if present is not None and present.since == claimed.since:
                await save(present, after(present, step, message, now))
        del self._sent[mark]
        self._complained.discard(mark)

    def _felt(self, key: str, state: AlertState | None, now: datetime) -> AlertState | None:
        """The state with what this process sees now."""
        hold = self._holds.get(key)
        is_open = state is not None and state.over_at is None
        # One that is open goes on where it begins anew: after a restart nothing has lasted long.
        if hold is not None and hold.since is not None and (hold.firing or is_open):
            felt = seen(state, key, process=self._process, since=hold.since, now=now)
            return _not_before(felt, self._own.get(key))
        if state is None or not is_open:
            return state
        since = self._readable_since
        sure = since is not None and now - since >= GONE
        return unseen(state, process=self._process, now=now, sure=sure)

    async def _told(self, state: AlertState, step: Step) -> str | None:
        name, _, broker = state.key.partition(":")
        notice = AlertNotice(
            alert=alert(AlertName(name)),
            broker=BrokerId(broker) if broker else None,
            step=step,
            since=state.since,
            over_at=state.over_at,
            abandoned=state.abandoned,
            figures=self._figures.get(state.key, ""),
            process=self._process,
            key=state.key,
        )
        if step in {Step.AGAIN, Step.GONE_AGAIN}:
            await self._messenger.bring_up_to_date(notice, state.message)
            return state.message
        return await self._messenger.tell(notice, state.message if state.shown else "")

    def _complain(self, mark: _Mark) -> None:
        """Once each: it is tried again, and again."""
        if mark not in self._complained:
            self._complained.add(mark)
            key, _, step = mark
            _log.error("alert_not_delivered", alert=key, step=step, process=self._process)

    async def _save(self, before: AlertState | None, state: AlertState) -> AlertState | None:
        async with asyncio.timeout(self._store_seconds):
            stored = await self._stored.save(before, state)
        if stored is not None:
            self._known[state.key] = stored  # the store may be away when it is looked for again
        return stored

    async def _keep_own(self, _before: AlertState | None, state: AlertState) -> AlertState:
        self._own[state.key] = state
        return state


def _row(key: str) -> Alert:
    return alert(AlertName(key.partition(":")[0]))


def _finished(state: AlertState | None) -> bool:
    """Whether there is nothing left to see or to tell."""
    return state is None or (state.over_at is not None and not state.told and not state.shown)


def _not_before(state: AlertState, own: AlertState | None) -> AlertState:
    """What was told without the store counts for the pause between two messages."""
    if own is None or own.told_at is None or own is state:
        return state
    if state.told_at is not None and state.told_at >= own.told_at:
        return state
    return replace(state, told_at=own.told_at)
