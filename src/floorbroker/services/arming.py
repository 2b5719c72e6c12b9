"""A person arms the order of an alert, by a second explicit step, and disarms it at any time."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import partial
from hashlib import blake2s
from typing import Final

from floorbroker.domain.error_codes import ErrorCode
from floorbroker.domain.errors import (
    DraftExpired,
    InvalidInput,
    LimitExceeded,
    NotYours,
    PolicyRefused,
    StoreUnavailable,
)
from floorbroker.domain.ids import UserId
from floorbroker.domain.order import Order
from floorbroker.domain.orders import OrderRequest, OrderType, Side
from floorbroker.domain.own_alerts import MOST, PRICED, AlertKind, OwnAlert, Standing
from floorbroker.domain.placing import MOST_ARMED, QUESTION, Placing, Stage, armed, over
from floorbroker.domain.risk import DayLoss, Limits, ProposedOrder
from floorbroker.services import preflight
from floorbroker.services.alert_wishes import ticket_of
from floorbroker.services.callers import Caller
from floorbroker.services.chosen import choose
from floorbroker.services.desk import Desk
from floorbroker.services.never_sent import NeverSent
from floorbroker.services.unattended import Unattended
from floorbroker.services.valuation import check_currency
from floorbroker.storage.own_alerts import StoredAlerts

_TRIES: Final = 5
_DISARMED: Final = "You disarmed it."
_MAYBE: Final = (
    "The bot cannot tell whether it is armed now. /alert list shows it; Not now or Disarm ends it."
)
_STALE: Final = "This card is out of date, so nothing was armed. /alert list shows what is."


class Arming:
    """Of the person who asks; sends nothing."""

    def __init__(self, alerts: StoredAlerts, desk: Desk, unattended: Unattended) -> None:
        """See the module's first line."""
        self._alerts = alerts
        self._desk = desk
        self._unattended = unattended
        self._never = NeverSent(desk.orders, desk.clock)

    @property
    def allowed(self) -> bool:
        """Whether the operator lets alerts place orders now."""
        try:
            self._unattended.check_allowed()
        except PolicyRefused:
            return False
        return True

    def offered(self, alert: OwnAlert) -> bool:
        """Whether the alert's card has a button for it."""
        try:
            _check_kind(alert)
        except InvalidInput:
            return False
        return self.allowed and alert.stage is not Stage.ARMED

    async def ask(self, caller: Caller, alert_id: str) -> OwnAlert:
        """The alert with the exact order that Confirm would arm; nothing is armed yet.

        Raises:
            FloorbrokerError: It cannot be armed, in a sentence.
        """
        alert = await self._own(caller.user_id, alert_id)
        self._unattended.check_allowed()
        placing_id = _placing_id(caller, alert_id)
        if alert.stage is Stage.ARMED or _asked(alert, placing_id):
            return alert
        _check_kind(alert)
        limits = await self._check(caller, alert)
        link = await self._unattended.working_link(alert)
        request = await self._exact(caller.user_id, alert)
        _check_limits(self._desk, request, limits)
        now = self._desk.clock.now()
        asked = Placing(
            placing_id=placing_id,
            stage=Stage.ASKED,
            request=request,
            linked_at=link.linked_at,
            guild_id=alert.guild_id or caller.guild_id,
            at=now,
            until=now + QUESTION,
        )
        await self._unattended.check_server(asked.guild_id)
        stored = await self._alerts.advance(alert, replace(alert, placing=asked))
        if stored is not None:
            return stored
        present = await self._own(caller.user_id, alert_id)
        if not _asked(present, placing_id):
            raise DraftExpired("The alert changed at this moment. Press the button again.")
        return present

    async def confirm(self, caller: Caller, alert_id: str, placing_id: str) -> OwnAlert:
        """Arms exactly what the card showed; a second click, wherever, changes nothing.

        Raises:
            DraftExpired: The card is too old, used up, or the alert has fired.
            StoreUnavailable: It may be armed, where the message says so.
            FloorbrokerError: Another reason; nothing was armed.
        """
        for _ in range(_TRIES):
            alert = await self._own(caller.user_id, alert_id)
            placing, now = alert.placing, self._desk.clock.now()
            if placing is None or placing.placing_id != placing_id:
                raise DraftExpired(_STALE)
            self._unattended.check_allowed()
            if placing.stage is Stage.ARMED:
                return alert
            if not placing.asks(now) or alert.standing is not Standing.AT_WORK:
                raise DraftExpired(_STALE)
            _check_limits(self._desk, placing.request, await self._check(caller, alert))
            await self._unattended.check_server(placing.guild_id)
            if (await self._unattended.working_link(alert)).linked_at != placing.linked_at:
                raise DraftExpired(_STALE)
            if await self.armed(caller.user_id) >= MOST_ARMED:
                raise _too_many()
            now = self._desk.clock.now()
            if not placing.asks(now):
                raise DraftExpired(_STALE)
            after = replace(alert, placing=armed(placing, now, alert.ends_at))
            try:
                stored = await self._alerts.advance(alert, after)
                if stored is not None and await self._taken_back(stored, alert):
                    raise _too_many()
            except StoreUnavailable as error:  # only its answer may be lost
                raise StoreUnavailable(_MAYBE, detail=error.detail) from error
            if stored is not None:
                await self._audit(stored, placing, "alert_armed")
                return stored
        raise DraftExpired("The alert kept changing, so nothing was armed. Press again.")

    async def _taken_back(self, stored: OwnAlert, before: OwnAlert) -> bool:
        """Whether it is not armed after all: clicks at once may all have seen the last room.

        Each looks again once it has stored, so none can be one too many unseen; several may go.
        """
        if await self.armed(stored.user_id) <= MOST_ARMED:
            return False
        return await self._alerts.advance(stored, before) is not None

    async def disarm(self, user_id: UserId, alert_id: str) -> tuple[OwnAlert, Order | None]:
        """Its order does not go out any more; with the order, where it has gone out already.

        Raises:
            NotYours: There is no such alert.
        """
        for _ in range(_TRIES):
            alert = await self._own(user_id, alert_id)
            placing = alert.placing
            if placing is None or alert.stage is Stage.NOT_SENT:
                return alert, None
            if alert.stage in {Stage.DUE, Stage.SENT}:
                gone = await self._never.sure(alert, placing, _DISARMED)
                if gone is None:
                    now = self._desk.clock.now()
                    await self._alerts.change(alert, partial(_ended, due=placing, now=now))
                return alert, gone
            ended = over(placing, _DISARMED)  # kept, so that its card is used up
            stored = await self._alerts.advance(alert, replace(alert, placing=ended))
            if stored is not None:
                if placing.stage is Stage.ARMED:
                    await self._audit(stored, placing, "alert_disarmed")
                return stored, None
        raise DraftExpired("The alert kept changing, so it is still armed. Press again.")

    async def armed(self, user_id: UserId) -> int:
        """How many of the person's alerts are armed."""
        return sum(a.stage is Stage.ARMED for a in await self._alerts.of(user_id, limit=2 * MOST))

    async def _own(self, user_id: UserId, alert_id: str) -> OwnAlert:
        alert = await self._alerts.get(user_id, alert_id)
        if alert is None:
            raise NotYours("There is no such alert. /alert list shows yours.")
        return alert

    async def _check(self, caller: Caller, alert: OwnAlert) -> Limits:
        """Who is paused, or may not trade for real here, arms nothing either.

        The click is judged where it was made, and the server of the alert as at its firing.
        """
        limits = await self._unattended.check_gates(caller, alert)
        if alert.guild_id not in {None, caller.guild_id}:
            there = Caller(
                user_id=caller.user_id, guild_id=alert.guild_id, origin_key=caller.origin_key
            )
            await self._unattended.check_server(alert.guild_id)
            limits = await self._unattended.check_gates(there, alert)
        return limits

    async def _exact(self, user_id: UserId, alert: OwnAlert) -> OrderRequest:
        """The order on the steps of its broker."""
        prepared = alert.prepared
        assert prepared is not None  # noqa: S101  # its kind was looked at
        desk = self._desk
        named = f"{alert.link_id}/{alert.account_id}"
        chosen = await choose(desk.accounts, desk.sessions, user_id, prepared.symbol, named)
        spec = chosen.account.spec
        usual = spec.usual_time_in_force(chosen.instrument.asset_class)
        request = ticket_of(prepared).request(chosen.instrument, usual)
        preflight.check_offered(request, spec)
        check_currency(request)
        async with desk.sessions.lease(chosen.account.link) as adapter:
            rules = await adapter.instrument_rules(chosen.instrument)
        return preflight.rounded(request, rules)[0]

    async def _audit(self, alert: OwnAlert, placing: Placing, action: str) -> None:
        request = placing.request
        fields = {
            "broker": alert.broker,
            "environment": alert.environment.value,
            "symbol": request.instrument.symbol,
            "side": request.side.value,
            "quantity": str(request.quantity or ""),
            "limit": str(request.limit_price or ""),
        }
        await self._desk.audit.write(alert.user_id, action, fields)


def _ended(alert: OwnAlert, due: Placing, now: datetime) -> OwnAlert:
    """The alert once its order was kept from going out; what somebody else stored stays."""
    if alert.placing != due or due.stage is not Stage.DUE:
        return alert
    return replace(alert, placing=over(due, _DISARMED), place_at=None, tell_at=now)


def _asked(alert: OwnAlert, placing_id: str) -> bool:
    """Whether this very question stands already.

    Raises:
        DraftExpired: It was answered.
    """
    if alert.placing is None or alert.placing.placing_id != placing_id:
        return False
    if alert.stage is not Stage.ASKED:
        raise DraftExpired(_STALE)
    return True


def _check_kind(alert: OwnAlert) -> None:
    """Only what cannot surprise: one limit order of a fixed size, after one firing.

    Raises:
        InvalidInput: It is something else, in a sentence.
    """
    prepared = alert.prepared
    if prepared is None:
        raise InvalidInput("This alert carries no order.")
    if alert.standing is not Standing.AT_WORK:
        raise InvalidInput("This alert has fired or ended already.")
    if alert.repeat:
        raise InvalidInput("An alert that repeats cannot place an order by itself.")
    if alert.kind not in PRICED | {AlertKind.FILL}:
        raise InvalidInput("Only an alert at a price or on a fill can place an order by itself.")
    if prepared.quantity is None or prepared.limit is None or prepared.stop is not None:
        raise InvalidInput(
            "Only a limit order of a fixed quantity can go out by itself: its price is your own "
            "limit. Set the alert anew with quantity and limit, without stop."
        )


def _check_limits(desk: Desk, request: OrderRequest, limits: Limits) -> None:
    """What can be known before the firing: symbol lists, and the value of the order."""
    assert request.type is OrderType.LIMIT  # noqa: S101  # its kind was looked at
    worth = (request.quantity or Decimal(0)) * (request.limit_price or Decimal(0))
    proposed = ProposedOrder(
        symbol=request.instrument.symbol,
        value=worth * request.instrument.multiplier,
        position_value_after=Decimal(0),
        orders_today=0,
        closing=request.side is Side.SELL,
        price_off_percent=Decimal(0),
        concentration_percent=Decimal(0),
        loss=DayLoss(amount=Decimal(0), basis=""),
        underlying=request.instrument.underlying,
    )
    desk.gates.check_limits(proposed, limits)


def _too_many() -> LimitExceeded:
    words = f"{MOST_ARMED} armed alerts are the most. Disarm one first: /alert list."
    return LimitExceeded(ErrorCode.RATE_LIMIT_EXCEEDED, words)


def _placing_id(caller: Caller, alert_id: str) -> str:
    """The same interaction, delivered twice, asks one question."""
    text = f"{caller.user_id}:{caller.origin_key}:{alert_id}"
    return blake2s(text.encode(), digest_size=8).hexdigest()
