"""Mistakes that would cost somebody money are noticed by the tests beside this one."""

from typing import Final

from tests.brokers.planted import Defect

DEFECTS: Final = {
    "a limit sent as a stop": Defect(
        file="brokers/alpaca/order_fields.py",
        text='''        "limit_price": request.limit_price,
        "stop_price": request.stop_price,
        "trail_percent"''',
        mistake='''        "limit_price": request.stop_price,
        "stop_price": request.limit_price,
        "trail_percent"''',
    ),
    "a sell for a buy": Defect(
        file="brokers/alpaca/order_fields.py",
        text='"side": request.side.value,',
        mistake='"side": request.side.opposite.value,',
    ),
    "a change that keeps the old price": Defect(
        file="brokers/alpaca/order_fields.py",
        text="changes.limit_price or request.limit_price",
        mistake="request.limit_price or changes.limit_price",
    ),
    "a 504 told as not sent": Defect(
        file="brokers/alpaca/errors.py",
        text="    return OutcomeUnknown(broker=BROKER, detail=str(error))",
        mistake='    return not_sent("No answer.")',
    ),
    "a 429 told as a refusal": Defect(
        file="brokers/alpaca/errors.py",
        text="frozenset({400, 401, 403, 404, 422})",
        mistake="frozenset({400, 401, 403, 404, 422, 429})",
    ),
    "an order sent twice": Defect(
        file="brokers/alpaca/orders.py",
        text="                answer = await self._client.post_order(fields, urgent=closing)",
        mistake="""                await self._client.post_order(fields, urgent=closing)
                answer = await self._client.post_order(fields, urgent=closing)""",
    ),
    "a cancel asked for twice": Defect(
        file="brokers/alpaca/orders.py",
        text="            await self._client.delete_order(target)",
        mistake="""            await self._client.delete_order(target)
            await self._client.delete_order(target)""",
    ),
    "the SDK's own retries": Defect(
        file="brokers/alpaca/client.py",
        text="        response = self._session.request(method, url, **opts)",
        mistake="""        response = self._session.request(method, url, **opts)
        if response.status_code in {429, 504}:
            response = self._session.request(method, url, **opts)""",
    ),
    "any 404 taken for absence": Defect(
        file="brokers/alpaca/orders.py",
        text="if refusal.status != 404 or refusal.code is None:",
        mistake="if refusal.status != 404:",
    ),
    "somebody else's account asked": Defect(
        file="brokers/alpaca/adapter.py",
        text="        if order.account_id != self._account_id:",
        mistake="        if self._account_id is None:",
    ),
    "fills without an id that stays": Defect(
        file="brokers/alpaca/executions.py",
        text="                fill_id=one.id, quantity",
        mistake='                fill_id=f"{one.id}{len(fills)}", quantity',
    ),
    "an end before its executions": Defect(
        file="brokers/alpaca/orders.py",
        text="        return receipts.receipt(newest, fills, whole=not gap)",
        mistake="        return receipts.receipt(newest, fills)",
    ),
    "prices through a float": Defect(
        file="brokers/shared/wire.py",
        text="parse_float=Decimal",
        mistake="parse_float=lambda text: Decimal(float(text))",
    ),
}
