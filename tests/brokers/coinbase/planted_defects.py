"""Mistakes that would cost somebody money are noticed by the tests beside this one."""

from typing import Final

from tests.brokers.planted import Defect

DEFECTS: Final = {
    "a limit sent as a stop": Defect(
        file="brokers/coinbase/order_fields.py",
        text="""        "limit_price": request.limit_price,
        "stop_price": request.stop_price,""",
        mistake="""        "limit_price": request.stop_price or request.limit_price,
        "stop_price": request.stop_price and request.limit_price,""",
    ),
    "a sell for a buy": Defect(
        file="brokers/coinbase/order_fields.py",
        text='"side": request.side.value.upper(),',
        mistake='"side": request.side.opposite.value.upper(),',
    ),
    "a stop that waits for the wrong side": Defect(
        file="brokers/coinbase/order_fields.py",
        text='terms["stop_direction"] = DIRECTIONS[request.side]',
        mistake='terms["stop_direction"] = DIRECTIONS[request.side.opposite]',
    ),
    "an order without our id": Defect(
        file="brokers/coinbase/orders.py",
        text="        fields = order_fields(order, await self._pair(order))",
        mistake="""        fields = order_fields(order, await self._pair(order))
        fields["client_order_id"] = "made up\"""",
    ),
    "a preview that is an order": Defect(
        file="brokers/coinbase/client.py",
        text='self._ask(_PREVIEWED, "orders/preview", fields)',
        mistake='self._ask(_PREVIEWED, "orders", fields)',
    ),
    "a no inside a 200 taken for an order": Defect(
        file="brokers/coinbase/results.py",
        text="    if told.success and order is not None:",
        mistake="    if order is not None:",
    ),
    "a reason that is none told as a refusal": Defect(
        file="brokers/coinbase/errors.py",
        text="and not _UNTOLD.fullmatch(self.reason)",
        mistake="",
    ),
    "too many requests told as nothing carried out": Defect(
        file="brokers/coinbase/errors.py",
        text="_REFUSING: Final = frozenset({400, 401, 403, 404})",
        mistake="_REFUSING: Final = frozenset({400, 401, 403, 404, 429})",
    ),
    "an outage told as not sent": Defect(
        file="brokers/coinbase/errors.py",
        text="    return OutcomeUnknown(broker=BROKER, detail=str(error))",
        mistake='    return not_sent("No answer.")',
    ),
    "an order sent twice": Defect(
        file="brokers/coinbase/orders.py",
        text="                placed = await self._client.post_order(fields, urgent=urgent)",
        mistake="""                placed = await self._client.post_order(fields, urgent=urgent)
                placed = await self._client.post_order(fields, urgent=urgent)""",
    ),
    "a cancel asked for twice": Defect(
        file="brokers/coinbase/orders.py",
        text="                await self._client.cancel_order(order_id)",
        mistake="""                await self._client.cancel_order(order_id)
                await self._client.cancel_order(order_id)""",
    ),
    "a change that loses the size": Defect(
        file="brokers/coinbase/client.py",
        text='"price": price, "size": size}',
        mistake='"price": price}',
    ),
    "a change that was asked for told as made": Defect(
        file="brokers/coinbase/orders.py",
        text="        after = await self._after_change(before)",
        mistake="""        asked = {"limit_price": price, "base_size": size}
        made = before.terms.model_copy(update=asked)
        after = before.model_copy(update={"order_configuration": {CHANGEABLE: made}})""",
    ),
    "orders in doubt looked for among open ones": Defect(
        file="brokers/coinbase/listing.py",
        text="        found = await self._all(_between(sent - BEFORE, until), urgent=True)",
        mistake="""        terms = {"order_status": ["OPEN"], **_between(sent - BEFORE, until)}
        found = await self._all(terms, urgent=True)""",
    ),
    "a list that is read on its first page": Defect(
        file="brokers/coinbase/listing.py",
        text="            if not page.has_next:",
        mistake="            if page.orders:",
    ),
    "a list that was cut off told as all": Defect(
        file="brokers/coinbase/listing.py",
        text="        if enough:",
        mistake="        if found:",
    ),
    "waiting orders left out of those at work": Defect(
        file="brokers/coinbase/listing.py",
        text='for statuses in (WAITING, ("OPEN",)):',
        mistake='for statuses in (("OPEN",),):',
    ),
    "several orders told as one": Defect(
        file="brokers/coinbase/orders.py",
        text="        if len(told) > 1:",
        mistake="        if len(told) > 9:",
    ),
    "somebody else's portfolio asked": Defect(
        file="brokers/coinbase/adapter.py",
        text="        if order.account_id != self._account_id:",
        mistake="        if self._account_id is None:",
    ),
    "holdings of another portfolio counted": Defect(
        file="brokers/coinbase/mapping.py",
        text='return [one for one in held if one.retail_portfolio_id in {portfolio_id, ""}]',
        mistake="return list(held)",
    ),
    "an end before its executions": Defect(
        file="brokers/coinbase/orders.py",
        text=", whole=not executions.missing(told, fills)",
        mistake="",
    ),
    "fees left out": Defect(
        file="brokers/coinbase/executions.py",
        text="                fee=one.commission,\n",
        mistake="",
    ),
    "money of a fill taken for coins": Defect(
        file="brokers/coinbase/executions.py",
        text="if one.size_in_quote else one.size",
        mistake="if not one.size else one.size",
    ),
    "dollars that orders hold told as free": Defect(
        file="brokers/coinbase/mapping.py",
        text="cash + whole, free + one.available_balance.value",
        mistake="cash + whole, free + whole",
    ),
    "bitcoins that pass as dollars": Defect(
        file="brokers/coinbase/catalogue.py",
        text="return self.quote == OFFERED and",
        mistake="return",
    ),
    "a key that may transfer told as harmless": Defect(
        file="brokers/coinbase/mapping.py",
        text="withdraw=told.can_transfer",
        mistake="withdraw=False",
    ),
    "the operator's key for want of one": Defect(
        file="brokers/coinbase/client.py",
        text="        if not key or not secret:",
        mistake="        if not key and not secret and not host:",
    ),
    "a key that outlives its connection": Defect(
        file="brokers/coinbase/client.py",
        text='        self.api_key = self.api_secret = ""\n',
        mistake="",
    ),
    "tokens carried to wherever an answer points": Defect(
        file="brokers/coinbase/client.py",
        text="            allow_redirects=False,\n",
        mistake="",
    ),
    "what the SDK prints left to it": Defect(
        file="brokers/coinbase/client.py",
        text="        _silence()\n",
        mistake="",
    ),
    "reads without the allowance": Defect(
        file="brokers/coinbase/line.py",
        text="        await of_the_second.take(urgent=urgent)\n",
        mistake="",
    ),
    "prices through a float": Defect(
        file="brokers/shared/wire.py",
        text="parse_float=Decimal",
        mistake="parse_float=lambda text: Decimal(float(text))",
    ),
}
