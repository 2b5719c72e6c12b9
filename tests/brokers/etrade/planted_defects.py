"""Mistakes that would cost somebody money are noticed by the tests beside this one."""

from typing import Final

from tests.brokers.planted import Defect

FOLDER: Final = "brokers/etrade"

DEFECTS: Final = {
    "a limit sent as a stop": Defect(
        file=f"{FOLDER}/order_fields.py",
        text='        one["stopPrice"] = plain(wanted.stop)',
        mistake='        one["stopPrice"] = plain(wanted.limit or wanted.stop)',
    ),
    "a cover for a buy": Defect(
        file=f"{FOLDER}/order_fields.py",
        text='    (Side.BUY, PositionEffect.OPEN): "BUY",',
        mistake='    (Side.BUY, PositionEffect.OPEN): "BUY_TO_COVER",',
    ),
    "a short sale for a sale": Defect(
        file=f"{FOLDER}/order_fields.py",
        text='    (Side.SELL, PositionEffect.CLOSE): "SELL",',
        mistake='    (Side.SELL, PositionEffect.CLOSE): "SELL_SHORT",',
    ),
    "a preview taken unread": Defect(
        file=f"{FOLDER}/orders.py",
        text="if not one_of_each or not previewed_as_asked(told.orders[0], asked, request):",
        mistake="if not one_of_each:",
    ),
    "another id for the place than for the preview": Defect(
        file=f"{FOLDER}/orders.py",
        text="            placed = await self._calls.place(key, asked, preview_id)\n",
        mistake='            asked["clientOrderId"] = order.order_id[::-1]\n'
        "            placed = await self._calls.place(key, asked, preview_id)\n",
    ),
    "an order sent twice": Defect(
        file=f"{FOLDER}/orders.py",
        text="            placed = await self._calls.place(key, asked, preview_id)\n",
        mistake="            placed = await self._calls.place(key, asked, preview_id)\n"
        "            placed = await self._calls.place(key, asked, preview_id)\n",
    ),
    "a place repeated with other access": Defect(
        file=f"{FOLDER}/calls.py",
        text="        return await self._way.ask_once(asked, _model(",
        mistake="        return await self._way.read(asked, _model(",
    ),
    "a cancel asked for twice": Defect(
        file=f"{FOLDER}/orders.py",
        text="            taken = await self._calls.cancel(key, target.order_id)\n",
        mistake="            taken = await self._calls.cancel(key, target.order_id)\n"
        "            taken = await self._calls.cancel(key, target.order_id)\n",
    ),
    "a request to send it again told as a refusal": Defect(
        file=f"{FOLDER}/errors.py",
        text="_REFUSING: Final = frozenset({_NO_SHARES, _NO_MONEY, _BEING_EXECUTED})",
        mistake="_REFUSING: Final = frozenset({_NO_SHARES, _NO_MONEY, _BEING_EXECUTED, 101})",
    ),
    "an outage told as a refusal": Defect(
        file=f"{FOLDER}/errors.py",
        text="self.status == 400 and (\n            self.code in _REFUSING",
        mistake="self.status >= 400 and (\n            self.code in {*_REFUSING, 100}",
    ),
    "silence told as not sent": Defect(
        file=f"{FOLDER}/errors.py",
        text="        case Unanswered(sent=False):\n            return not_sent",
        mistake="        case Unanswered():\n            return not_sent",
    ),
    "what never left told as sent": Defect(
        file=f"{FOLDER}/client.py",
        text="        return Unanswered(sent=mark.begun, late=late)",
        mistake="        return Unanswered(sent=True, late=late)",
    ),
    "a failed preview told as unknown": Defect(
        file=f"{FOLDER}/orders.py",
        text="        with before_sending():",
        mistake="        with asking_once():",
    ),
    "several orders told as one": Defect(
        file=f"{FOLDER}/finding.py",
        text="        if len(told) > 1:",
        mistake="        if len(told) > 9:",
    ),
    "a guess told as certain": Defect(
        file=f"{FOLDER}/finding.py",
        text="by_terms=not certain",
        mistake="by_terms=False",
    ),
    "another order of ours taken for this one": Defect(
        file=f"{FOLDER}/matching.py",
        text="        and str(one.order_id) not in known\n",
        mistake="",
    ),
    "an order of long ago taken for this one": Defect(
        file=f"{FOLDER}/matching.py",
        text="not earliest <= placed <= latest",
        mistake="not placed <= latest",
    ),
    "the first page taken for all": Defect(
        file=f"{FOLDER}/finding.py",
        text="            if marker is None or (most",
        mistake="            if found or marker is None or (most",
    ),
    "a changed order told as canceled": Defect(
        file=f"{FOLDER}/finding.py",
        text="while (successor := chain[-1].detail.replaced_by_order_id) is not None:",
        mistake="while (successor := None) is not None:",
    ),
    "the end of a changed order believed at once": Defect(
        file=f"{FOLDER}/finding.py",
        text=" and not self._about_to_be_another(chain, order)",
        mistake="",
    ),
    "a growing fill under new ids": Defect(
        file=f"{FOLDER}/executions.py",
        text="    if sum((fill.quantity for fill in fills.values()), Decimal(0)) > told.filled:",
        mistake="    if not fills:",
    ),
    "an end before its fills": Defect(
        file=f"{FOLDER}/finding.py",
        text="whole = executions.missing(newest, own) <= 0 and",
        mistake="whole =",
    ),
    "fees left out": Defect(
        file=f"{FOLDER}/executions.py",
        text="        at=event.date_time,\n        fee=_fee(told, quantity),\n",
        mistake="        at=event.date_time,\n",
    ),
    "somebody else's account asked": Defect(
        file=f"{FOLDER}/adapter.py",
        text='        if key is None:\n            raise errors.not_sent("This sign-in',
        mistake="        key = key or str(order.account_id)\n        if key is None:\n"
        '            raise errors.not_sent("This sign-in',
    ),
    "a key that leads elsewhere": Defect(
        file=f"{FOLDER}/answers.py",
        text='ACCOUNT_KEY_PATTERN: Final = r"^[A-Za-z0-9_-]{6,64}$"',
        mistake='ACCOUNT_KEY_PATTERN: Final = r"^.*$"',
    ),
    "a quote of another symbol": Defect(
        file=f"{FOLDER}/instruments.py",
        text="            if instrument_of(one.product).symbol == instrument.symbol:\n",
        mistake="            if one.product:\n",
    ),
    "a chain of another day": Defect(
        file=f"{FOLDER}/instruments.py",
        text="        if told.selected.date != expiry:",
        mistake="        if told.selected.date > date.max:",
    ),
    "an end that a renewal moves": Defect(
        file=f"{FOLDER}/oauth.py",
        text="        ends_at=midnight_after(granted_at),",
        mistake="        ends_at=midnight_after(renewed_at) + timedelta(hours=2),",
    ),
    "midnight in the wrong place": Defect(
        file=f"{FOLDER}/eastern.py",
        text='EASTERN: Final = ZoneInfo("America/New_York")',
        mistake='EASTERN: Final = ZoneInfo("EST")',
    ),
    "any answer taken for a renewal": Defect(
        file=f"{FOLDER}/oauth.py",
        text="        if RENEWED not in told.lower():",
        mistake="        if not told and RENEWED:",
    ),
    "a link that dies of an outage": Defect(
        file=f"{FOLDER}/oauth.py",
        text="raise SessionExpired(broker=BROKER, detail=str(error)) from error",
        mistake="raise SessionExpired(broker=BROKER, detail=str(error)) from error\n"
        "            raise SessionExpired(broker=BROKER)",
    ),
    "reads without the allowance": Defect(
        file=f"{FOLDER}/way.py",
        text="                if asked.cost:\n",
        mistake="                if not asked.cost:\n",
    ),
}
