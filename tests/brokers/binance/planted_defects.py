"""Mistakes that would cost somebody money are noticed by the tests beside this one."""

from typing import Final

from tests.brokers.planted import Defect

HERE: Final = "brokers/binance"

DEFECTS: Final = {
    "a limit sent as a stop": Defect(
        file=f"{HERE}/order_fields.py",
        text="""        "price": request.limit_price,
        "stopPrice": request.stop_price,""",
        mistake="""        "price": request.stop_price,
        "stopPrice": request.limit_price,""",
    ),
    "a sell for a buy": Defect(
        file=f"{HERE}/order_fields.py",
        text='"side": request.side.value.upper(),',
        mistake='"side": request.side.opposite.value.upper(),',
    ),
    "money sent as a quantity": Defect(
        file=f"{HERE}/order_fields.py",
        text='"quantity": request.quantity,\n        "quoteOrderQty": request.notional,',
        mistake='"quantity": request.quantity or request.notional,',
    ),
    "a trail a hundred times too narrow": Defect(
        file=f"{HERE}/order_fields.py",
        text="else request.trail_percent * 100,",
        mistake="else request.trail_percent,",
    ),
    "no id of ours": Defect(
        file=f"{HERE}/order_fields.py",
        text='        "newClientOrderId": str(order.order_id),\n',
        mistake="",
    ),
    "a 504 told as not sent": Defect(
        file=f"{HERE}/errors.py",
        text="    return OutcomeUnknown(broker=BROKER, detail=str(error))",
        mistake='    return not_sent("No answer.")',
    ),
    "a 5xx with a refusing code told as a refusal": Defect(
        file=f"{HERE}/errors.py",
        text="400 <= self.status < 500 and",
        mistake="400 <= self.status < 600 and",
    ),
    "a 429 told as a refusal": Defect(
        file=f"{HERE}/errors.py",
        text="        if self.status == _REGION:\n            return True\n",
        mistake="        if self.status in (_REGION, 429):\n            return True\n",
    ),
    "unknown execution told as a refusal": Defect(
        file=f"{HERE}/errors.py",
        text="{-1002, -1010,",
        mistake="{-1007, -1002, -1010,",
    ),
    "an order sent twice": Defect(
        file=f"{HERE}/orders.py",
        text="                answer = await self._client.post_order(fields, urgent=urgent)",
        mistake="""                await self._client.post_order(fields, urgent=urgent)
                answer = await self._client.post_order(fields, urgent=urgent)""",
    ),
    "a duplicate told as a refusal": Defect(
        file=f"{HERE}/orders.py",
        text="                if not refusal.of_a_known_id:\n                    raise\n",
        mistake="                raise\n",
    ),
    "aiohttp's own second try": Defect(
        file="brokers/shared/http_async.py",
        text="    session._retry_connection = False\n",
        mistake="",
    ),
    "a redirect followed": Defect(
        file=f"{HERE}/client.py",
        text='"allow_redirects": False',
        mistake='"allow_redirects": True',
    ),
    "a silent connection told as not sent": Defect(
        file="brokers/shared/http_async.py",
        text="aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError)",
        mistake="aiohttp.ClientConnectionError)",
    ),
    "any refusal taken for absence": Defect(
        file=f"{HERE}/orders.py",
        text="                if not refusal.of_no_such_order:\n                    raise\n",
        mistake="",
    ),
    "somebody else's account asked": Defect(
        file=f"{HERE}/adapter.py",
        text="        if order.account_id != self._account_id:",
        mistake="        if self._account_id is None:",
    ),
    "pairs with the same number mixed up": Defect(
        file=f"{HERE}/order_fields.py",
        text="        if told is None or told[1] != symbol:",
        mistake="        if told is None:",
    ),
    "fills without an id that stays": Defect(
        file=f"{HERE}/executions.py",
        text="                    fill_id=str(one.id),",
        mistake='                    fill_id=f"{one.id}{len(fills)}",',
    ),
    "fees in another asset": Defect(
        file=f"{HERE}/executions.py",
        text="fee=one.commission,\n            fee_currency=one.commission_asset,\n        )\n",
        mistake="fee=one.commission,\n        )\n",
    ),
    "an end before its executions": Defect(
        file=f"{HERE}/orders.py",
        text="        return receipts.receipt(answer, fills, whole=not executions.missing(answer, "
        "fills))\n\n    async def _trades",
        mistake="        return receipts.receipt(answer, fills)\n\n    async def _trades",
    ),
    "locked coins left out": Defect(
        file=f"{HERE}/mapping.py",
        text="        quantity = one.free + one.locked\n",
        mistake="        quantity = one.free\n",
    ),
    "what orders hold spent again": Defect(
        file=f"{HERE}/mapping.py",
        text="buying_power=_in_cash(free)",
        mistake="buying_power=_in_cash(cash)",
    ),
    "keys that may transfer taken for harmless": Defect(
        file=f"{HERE}/mapping.py",
        text="        told.permits_universal_transfer,\n",
        mistake="",
    ),
    "keys kept after closing": Defect(
        file=f"{HERE}/client.py",
        text="        self.API_KEY = self.API_SECRET = None\n",
        mistake="",
    ),
    "what Binance counts ignored": Defect(
        file=f"{HERE}/metering.py",
        text="            await self._as_told(weight, urgent=urgent)\n",
        mistake="            pass\n",
    ),
    "going on after a ban": Defect(
        file=f"{HERE}/metering.py",
        text="            self._of_the_address(wallet=wallet).stay_away(pause)\n",
        mistake="            pass\n",
    ),
}
