"""Mistakes that would cost somebody money are noticed by the tests beside this one."""

from typing import Final

from tests.brokers.planted import Defect

DEFECTS: Final = {
    "a limit sent as a stop": Defect(
        file="brokers/kraken/order_fields.py",
        text="""            fields["price"] = plain(request.stop_price)
            fields["price2"] = plain(request.limit_price)""",
        mistake="""            fields["price"] = plain(request.limit_price)
            fields["price2"] = plain(request.stop_price)""",
    ),
    "a sell for a buy": Defect(
        file="brokers/kraken/order_fields.py",
        text='"type": request.side.value,',
        mistake='"type": request.side.opposite.value,',
    ),
    "an order without our id": Defect(
        file="brokers/kraken/order_fields.py",
        text='        "cl_ord_id": str(order.order_id),\n',
        mistake="",
    ),
    "a trailing distance sent as a price": Defect(
        file="brokers/kraken/order_fields.py",
        text='f"+{plain(request.trail_amount)}"',
        mistake="plain(request.trail_amount)",
    ),
    "a preview that is an order": Defect(
        file="brokers/kraken/client.py",
        text='asked = {**fields, "validate": "true"}',
        mistake="asked = dict(fields)",
    ),
    "an internal error told as a refusal": Defect(
        file="brokers/kraken/errors.py",
        text='r"|EAPI:Invalid (?:key|signature|nonce)"',
        mistake='r"|EGeneral:Internal error.*|EAPI:Invalid (?:key|signature|nonce)"',
    ),
    "an outage told as not sent": Defect(
        file="brokers/kraken/errors.py",
        text="    return OutcomeUnknown(broker=BROKER, detail=_detail(error))",
        mistake='    return not_sent("No answer.")',
    ),
    "errors inside a 200 swallowed": Defect(
        file="brokers/kraken/results.py",
        text="    if serious:",
        mistake='    if serious and not told.get("result"):',
    ),
    "an order sent twice": Defect(
        file="brokers/kraken/orders.py",
        text="                placed = await self._client.add_order(fields, urgent=urgent)",
        mistake="""                placed = await self._client.add_order(fields, urgent=urgent)
                placed = await self._client.add_order(fields, urgent=urgent)""",
    ),
    "a cancel asked for twice": Defect(
        file="brokers/kraken/orders.py",
        text="                await self._client.cancel_order(named)",
        mistake="""                await self._client.cancel_order(named)
                await self._client.cancel_order(named)""",
    ),
    "a number that two requests share": Defect(
        file="brokers/kraken/line.py",
        text="            return await self._nonces.next(self._link_id, milliseconds)",
        mistake="            return milliseconds",
    ),
    "requests that overtake each other": Defect(
        file="brokers/kraken/client.py",
        text="given_up.is_set() or number <= self._number or",
        mistake="number <= self._number or",
    ),
    "reads without the allowance": Defect(
        file="brokers/kraken/line.py",
        text="        await self._of_the_key().take(cost, urgent=urgent)\n",
        mistake="",
    ),
    "ended orders not looked for": Defect(
        file="brokers/kraken/orders.py",
        text="**await self._client.get_closed_orders(terms, urgent=True)",
        mistake="",
    ),
    "several orders told as one": Defect(
        file="brokers/kraken/orders.py",
        text="        if len(told) > 1:",
        mistake="        if len(told) > 9:",
    ),
    "somebody else's account asked": Defect(
        file="brokers/kraken/adapter.py",
        text="        if order.account_id != self._account_id:",
        mistake="        if self._account_id is None:",
    ),
    "an end before its trades": Defect(
        file="brokers/kraken/orders.py",
        text="        return receipts.receipt(known, fills, whole=whole)",
        mistake="        return receipts.receipt(known, fills)",
    ),
    "fees left out": Defect(
        file="brokers/kraken/executions.py",
        text="                fee=trade.fee,\n",
        mistake="",
    ),
    "balances that orders hold told as free": Defect(
        file="brokers/kraken/answers.py",
        text="self.balance + self.credit - self.credit_used - self.hold_trade",
        mistake="self.balance + self.credit - self.credit_used",
    ),
    "a key that may withdraw told as harmless": Defect(
        file="brokers/kraken/mapping.py",
        text='_MOVES_MONEY_OUT: Final = "withdraw"',
        mistake='_MOVES_MONEY_OUT: Final = "withdrawals"',
    ),
    "prices through a float": Defect(
        file="brokers/shared/wire.py",
        text="parse_float=Decimal",
        mistake="parse_float=lambda text: Decimal(float(text))",
    ),
}
