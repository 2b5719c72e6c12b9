"""Mistakes that would cost somebody money are noticed by the tests beside this one."""

from typing import Final

from tests.brokers.planted import Defect

FOLDER: Final = "brokers/schwab"


def defect(file: str, text: str, mistake: str) -> Defect:
    return Defect(file=f"{FOLDER}/{file}", text=text, mistake=mistake)


DEFECTS: Final = {
    "a sell for a buy": defect(
        "order_fields.py", '(Side.BUY, _E.OPEN): "BUY",', '(Side.BUY, _E.OPEN): "SELL",'
    ),
    "a short sale for a sale": defect(
        "order_fields.py", '(Side.SELL, _E.CLOSE): "SELL",', '(Side.SELL, _E.CLOSE): "SELL_SHORT",'
    ),
    "a limit sent as a stop": defect(
        "order_fields.py",
        'fields["price"] = plain(request.limit_price)',
        'fields["stopPrice"] = plain(request.limit_price)',
    ),
    "a trail in percent sent as dollars": defect(
        "order_fields.py",
        "PERCENT if request.trail_percent is not None else VALUE",
        "VALUE",
    ),
    "a stop-loss that opens what it should close": defect(
        "order_fields.py",
        "instruction = _instruction(request, request.side.opposite, PositionEffect.CLOSE)",
        "instruction = _instruction(request, request.side, PositionEffect.OPEN)",
    ),
    "parts of shares cut off": defect(
        "order_fields.py",
        "request.quantity is not None and request.quantity % 1 != 0,",
        "False,",
    ),
    "an order sent twice": defect(
        "orders.py",
        "            schwabs = await self._calls.post_order(account, fields, urgent=urgent)",
        """            schwabs = await self._calls.post_order(account, fields, urgent=urgent)
            schwabs = await self._calls.post_order(account, fields, urgent=urgent)""",
    ),
    "the same order sent again": defect(
        "orders.py", "if self._sent.begun(order.order_id):", "if self._sent.begun(order.broker):"
    ),
    "a late rejection told as accepted": defect(
        "orders.py",
        "        if receipts.state_of(told) is OrderState.REJECTED:\n            raise",
        "        if not told.status:\n            raise",
    ),
    "a look that fails told as an order that failed": defect(
        "looks.py",
        "                continue  # what is known is enough: Schwab took it",
        "                raise",
    ),
    "a cancel asked for twice": defect(
        "orders.py",
        "            await self._calls.delete_order(account, target)",
        """            await self._calls.delete_order(account, target)
            await self._calls.delete_order(account, target)""",
    ),
    "an order repeated with other access": defect(
        "line.py",
        "            await self._renew_for_the_next(given, ends_at)",
        "            return await self._once(asked, await self._other_access(given), metered)",
    ),
    "the first access for ever": defect(
        "line.py",
        "            return await self._tokens.current()",
        """            self._useless.setdefault(None, await self._tokens.current())
            return self._useless[None]""",
    ),
    "an outage told as a refusal": defect(
        "errors.py",
        "REFUSING: Final = frozenset({400, 401, 403, 404})",
        "REFUSING: Final = frozenset({400, 401, 403, 404, 500, 503})",
    ),
    "silence told as not sent": defect(
        "errors.py",
        "    return OutcomeUnknown(broker=BROKER, detail=str(error))",
        '    return not_sent("No answer.")',
    ),
    "a page taken for Schwab's word": defect(
        "replies.py",
        "        return None\n    if not isinstance",
        '        return ""\n    if not isinstance',
    ),
    "a 200 taken for a receipt": defect(
        "calls.py", "if reply.status != CREATED or not ours or", "if not ours or"
    ),
    "an order of another account taken for ours": defect(
        "calls.py", "if reply.status != CREATED or not ours or", "if reply.status != CREATED or"
    ),
    "another account's answer believed": defect(
        "calls.py",
        "        if str(told.id) != order_id or not account.holds(told.account):",
        "        if str(told.id) != order_id:",
    ),
    "an order sent to the first account": defect(
        "adapter.py",
        "        named = self._accounts.get(order.account_id)",
        "        named = next(iter(self._accounts.values()), None)",
    ),
    "a guess between two orders": defect(
        "finding.py", "        if len(told) > 1:", "        if len(told) > 2:"
    ),
    "a guess told as knowledge": defect(
        "finding.py",
        "return Found(receipt=told[0], by_terms=True) if told else Absent()",
        "return Found(receipt=told[0]) if told else Absent()",
    ),
    "an order found without its price": defect(
        "matching.py", "        and _same(told.price, asked.limit_price)\n", ""
    ),
    "an order of another hour taken for ours": defect(
        "matching.py",
        "        and (one.entered is None or first <= one.entered <= last)\n",
        "",
    ),
    "an order of this second overlooked": defect(
        "finding.py",
        "since, until = sent_at - CLOCKS_APART, sent_at + ARRIVES_WITHIN + _A_SECOND",
        "since, until = sent_at - CLOCKS_APART, sent_at",
    ),
    "an order that was taken told as gone": defect(
        "finding.py",
        "            if refusal.status != _NOT_FOUND:\n                raise",
        "            raise",
    ),
    "a change of what is filled in part": defect(
        "changes.py", "        if told.filled > 0:", "        if told.filled > told.quantity:"
    ),
    "a refused change told as carried out": defect(
        "changes.py",
        "        if receipts.state_of(before) is not OrderState.REPLACED:",
        "        if before is None:",
    ),
    "an order forgotten behind its refused change": defect(
        "finding.py",
        'if told.status == "REJECTED" and before and before[-1].status != "REPLACED":',
        'if told.status == "REJECTED" and not before:',
    ),
    "fills of a changed order lost": defect(
        "finding.py",
        "            fills, _ = fills_of(earlier, fills, now)",
        "            fills_of(earlier, fills, now)",
    ),
    "a cancel counted as a fill": defect(
        "executions.py",
        "        if activity.execution_type != FILL:",
        "        if not activity.execution_type:",
    ),
    "fills at the limit instead of their price": defect(
        "executions.py", "price=leg.price, at=at", "price=told.price or leg.price, at=at"
    ),
    "a corrected fill counted twice": defect(
        "executions.py", "    if gap <= 0:", "    if gap < 0:"
    ),
    "a link that renews itself for ever": defect(
        "oauth.py",
        "given.refresh_token or known.refresh_token, asked_at, known.ends)",
        "given.refresh_token or known.refresh_token, asked_at, asked_at + REFRESH_LIFE)",
    ),
    "an outage told as the end of a link": defect(
        "oauth.py",
        "        except GrantRefused:\n            pass",
        "        except Exception:\n            pass",
    ),
    "a short position told as a long one": defect(
        "mapping.py", "quantity = one.long - one.short", "quantity = one.long + one.short"
    ),
    "a delayed price told as one of now": defect(
        "mapping.py", "delayed=not told.realtime", "delayed=False"
    ),
    "a preview's rejection swallowed": defect(
        "adapter.py", "            if why:", "            if not why:"
    ),
    "prices through a float": Defect(
        file="brokers/shared/wire.py",
        text="parse_float=Decimal",
        mistake="parse_float=lambda text: Decimal(float(text))",
    ),
}
