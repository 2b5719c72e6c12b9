"""Mistakes that would cost somebody money are noticed by the tests beside this one."""

from typing import Final

from tests.brokers.planted import Defect

HERE: Final = "brokers/moomoo"

DEFECTS: Final = {
    "a sell for a buy": Defect(
        file=f"{HERE}/words.py",
        text="{Side.BUY: 1, Side.SELL: 2}",
        mistake="{Side.BUY: 2, Side.SELL: 1}",
    ),
    "paper and real money mixed up": Defect(
        file=f"{HERE}/words.py",
        text="{Environment.PAPER: 0, Environment.LIVE: 1}",
        mistake="{Environment.PAPER: 1, Environment.LIVE: 0}",
    ),
    "real money whatever the link": Defect(
        file=f"{HERE}/calls.py",
        text='            "trdEnv": self._environment,\n',
        mistake='            "trdEnv": 1,\n',
    ),
    "accounts of both environments": Defect(
        file=f"{HERE}/mapping.py",
        text="told.trdEnv != words.ENVIRONMENTS[environment] or told",
        mistake="told",
    ),
    "an order of another environment sent": Defect(
        file=f"{HERE}/order_fields.py",
        text="if order.environment is not environment:",
        mistake="if False:",
    ),
    "a limit sent as a market order": Defect(
        file=f"{HERE}/words.py",
        text="    OrderType.LIMIT: 1,\n",
        mistake="    OrderType.LIMIT: 2,\n",
    ),
    "a limit left out": Defect(
        file=f"{HERE}/order_fields.py",
        text='"price": float(request.limit_price or 0),',
        mistake='"price": float(request.stop_price or 0),',
    ),
    "a trail in percent sent as an amount": Defect(
        file=f"{HERE}/order_fields.py",
        text='"trailType": words.BY_RATIO',
        mistake='"trailType": words.BY_AMOUNT',
    ),
    "no id of ours": Defect(
        file=f"{HERE}/order_fields.py",
        text='        "remark": str(order.order_id),\n',
        mistake='        "remark": str(order.account_id),\n',
    ),
    "good til canceled on paper": Defect(
        file=f"{HERE}/takes.py",
        text="request.time_in_force is not TimeInForce.DAY",
        mistake="False",
    ),
    "a part of a share cut off": Defect(
        file=f"{HERE}/takes.py",
        text="(request.quantity is not None and request.quantity % 1 != 0, _WHOLE),",
        mistake="",
    ),
    "the fourth digit of a price cut off": Defect(
        file=f"{HERE}/takes.py",
        text="price % _MILL == 0",
        mistake="True",
    ),
    "an option written": Defect(
        file=f"{HERE}/takes.py",
        text="request.side is Side.SELL and opens",
        mistake="False",
    ),
    "a contract of another strike": Defect(
        file=f"{HERE}/catalogue.py",
        text='return f"{root}{year}{month}{day}{letter}{int(thousandths)}"',
        mistake='return f"{root}{year}{month}{day}{letter}{int(thousandths) // 10}"',
    ),
    "a silence told as not sent": Defect(
        file=f"{HERE}/errors.py",
        text="    return OutcomeUnknown(broker=BROKER, detail=str(error))",
        mistake='    return not_sent("No answer.")',
    ),
    "a time-out of OpenD's told as a refusal": Defect(
        file=f"{HERE}/refusals.py",
        text="return self.ret_type == FAILED and bool(self.message) and",
        mistake="return bool(self.message) and",
    ),
    "trouble on the way told as a refusal": Defect(
        file=f"{HERE}/refusals.py",
        text=" and not self._says(_UNSURE)",
        mistake="",
    ),
    "a refusal without words taken as proof": Defect(
        file=f"{HERE}/refusals.py",
        text="bool(self.message) and ",
        mistake="",
    ),
    "a drop told as not sent": Defect(
        file=f"{HERE}/client.py",
        text='raise Unanswered(sent=True, late=how == "Timeout")',
        mistake='raise Unanswered(sent=False, late=how == "Timeout")',
    ),
    "a deadline told as not sent": Defect(
        file=f"{HERE}/client.py",
        text="raise Unanswered(sent=True, late=True) from error",
        mistake="raise Unanswered(sent=False, late=True) from error",
    ),
    "half a message taken for an answer": Defect(
        file=f"{HERE}/client.py",
        text="    if told.retType != _OK:\n",
        mistake="    if told.retType not in {_OK, -400}:\n",
    ),
    "an order sent twice": Defect(
        file=f"{HERE}/calls.py",
        text='        told = await self._send("Trd_PlaceOrder", fields,',
        mistake='        await self._send("Trd_PlaceOrder", fields, metering.PLACE, account_id, '
        'urgent=urgent)\n        told = await self._send("Trd_PlaceOrder", fields,',
    ),
    "an unanswered order sent again": Defect(
        file=f"{HERE}/calls.py",
        text="        except Refusal as refusal:\n            if refusal.of_the_lock:\n"
        "                line.unlocked = False\n            raise\n",
        mistake="        except Exception:\n"
        "            told = await line.ask(name, fields, ORDER_SECONDS * self._patience)\n",
    ),
    "the same id taken a second time": Defect(
        file=f"{HERE}/orders.py",
        text="        if self._sent.begun(order.order_id):\n",
        mistake="        if False:\n",
    ),
    "an answer about another order taken": Defect(
        file=f"{HERE}/orders.py",
        text="    if done != moomoos_id:\n",
        mistake="    if False:\n",
    ),
    "a cancel sent as a change": Defect(
        file=f"{HERE}/words.py",
        text="CHANGE: Final = 1\nCANCEL: Final = 2",
        mistake="CHANGE: Final = 2\nCANCEL: Final = 1",
    ),
    "every order canceled": Defect(
        file=f"{HERE}/calls.py",
        text='"forAll": False',
        mistake='"forAll": True',
    ),
    "a change that drops the quantity": Defect(
        file=f"{HERE}/order_fields.py",
        text='"qty": _or(changes.quantity, told.qty),',
        mistake='"qty": _or(changes.quantity, 1.0),',
    ),
    "a change that drops the limit": Defect(
        file=f"{HERE}/order_fields.py",
        text='"price": _or(changes.limit_price, told.price),',
        mistake='"price": _or(changes.limit_price, 0.0),',
    ),
    "another's order taken for ours": Defect(
        file=f"{HERE}/orders.py",
        text="{one.orderIDEx: one for one in told if one.remark == order.order_id}",
        mistake="{one.orderIDEx: one for one in told}",
    ),
    "the first of two taken": Defect(
        file=f"{HERE}/orders.py",
        text="            if len(found) > 1:\n",
        mistake="            if False:\n",
    ),
    "absent before the history was read": Defect(
        file=f"{HERE}/orders.py",
        text="            found = found or await self._past_matches(order)\n            if not",
        mistake="            if not",
    ),
    "a doubt settled from OpenD's memory": Defect(
        file=f"{HERE}/orders.py",
        text="    doubted = asked or order.state in UNRESOLVED\n",
        mistake="    doubted = False\n",
    ),
    "filled while deals are missing": Defect(
        file=f"{HERE}/receipts.py",
        text="    if executions.missing(told, fills) > 0:\n        return False\n",
        mistake="",
    ),
    "fills counted twice": Defect(
        file=f"{HERE}/executions.py",
        text="    gap = filled - total(known)\n",
        mistake="    gap = filled\n",
    ),
    "a fill at the average of all": Defect(
        file=f"{HERE}/executions.py",
        text="price=price if price > 0 else average,",
        mistake="price=average,",
    ),
    "another order's deals": Defect(
        file=f"{HERE}/executions.py",
        text="if one.orderIDEx == told.orderIDEx and one.status",
        mistake="if one.status",
    ),
    "a failed order told as canceled": Defect(
        file=f"{HERE}/words.py",
        text="    FAILED: _S.REJECTED,\n",
        mistake="    FAILED: _S.CANCELED,\n",
    ),
    "a time-out told as an end": Defect(
        file=f"{HERE}/words.py",
        text="    11: _S.FILLED,\n",
        mistake="    11: _S.FILLED,\n    4: _S.REJECTED,\n",
    ),
    "a short holding told as a long one": Defect(
        file=f"{HERE}/mapping.py",
        text="-abs(units) if told.positionSide == words.SHORT else units",
        mistake="units",
    ),
    "Hong Kong dollars told as dollars": Defect(
        file=f"{HERE}/mapping.py",
        text="told.currency not in {0, words.DOLLARS}",
        mistake="False",
    ),
    "a locked OpenD unlocked by the bot": Defect(
        file=f"{HERE}/errors.py",
        text="        case Refusal(of_the_lock=True):\n",
        mistake="        case Refusal(of_the_limit=True):\n",
    ),
    "a password kept in small letters only": Defect(
        file=f"{HERE}/unlock.py",
        text="hashlib.md5(password.encode(), usedforsecurity=False)",
        mistake="hashlib.md5(password.lower().encode() + b' ', usedforsecurity=False)",
    ),
    "a drop that nobody hears of": Defect(
        file=f"{HERE}/client.py",
        text="            self._tell(self._gone)\n",
        mistake="",
    ),
    "a log-out that nobody hears of": Defect(
        file=f"{HERE}/line.py",
        text="        if before and not now:\n",
        mistake="        if False:\n",
    ),
    "a log of the SDK's": Defect(
        file=f"{HERE}/client.py",
        text="    log.file_level = log.console_level = _SILENT\n",
        mistake="    log.console_level = _SILENT\n",
    ),
}
