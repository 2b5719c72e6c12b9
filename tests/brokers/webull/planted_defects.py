"""Mistakes that would cost somebody money are noticed by the tests beside this one."""

from typing import Final

from tests.brokers.planted import Defect

HERE: Final = "brokers/webull"

DEFECTS: Final = {
    "a limit sent as a stop": Defect(
        file=f"{HERE}/order_fields.py",
        text='{"limit_price": request.limit_price, "stop_price": request.stop_price}',
        mistake='{"limit_price": request.stop_price, "stop_price": request.limit_price}',
    ),
    "a sell for a buy": Defect(
        file=f"{HERE}/order_fields.py",
        text="request.side.opposite if leaves else request.side",
        mistake="request.side if leaves else request.side.opposite",
    ),
    "exits that buy once more": Defect(
        file=f"{HERE}/order_fields.py",
        text="request.side.opposite if leaves else request.side",
        mistake="request.side",
    ),
    "a short sale sent as a sale": Defect(
        file=f"{HERE}/order_fields.py",
        text='        return "SHORT"\n',
        mistake='        return "SELL"\n',
    ),
    "money sent as a quantity": Defect(
        file=f"{HERE}/order_fields.py",
        text='{"entrust_type": "AMOUNT", "total_cash_amount": plain(request.notional)}',
        mistake='{"entrust_type": "QTY", "quantity": plain(request.notional)}',
    ),
    "a trail a hundred times too wide": Defect(
        file=f"{HERE}/order_fields.py",
        text="plain(request.trail_percent / 100)",
        mistake="plain(request.trail_percent)",
    ),
    "no id of ours": Defect(
        file=f"{HERE}/order_fields.py",
        text='        "client_order_id": client_id,\n',
        mistake='        "client_order_id": f"{client_id}x",\n',
    ),
    "the contract by its underlying": Defect(
        file=f"{HERE}/options.py",
        text='    return "" if found is None else found[1]\n',
        mistake='    return "" if found is None else found[1].rstrip("1")\n',
    ),
    "an option written": Defect(
        file=f"{HERE}/takes.py",
        text="sells and request.effect is not PositionEffect.CLOSE",
        mistake="False",
    ),
    "a silence told as not sent": Defect(
        file=f"{HERE}/errors.py",
        text="    return OutcomeUnknown(broker=BROKER, detail=str(error))",
        mistake='    return not_sent("No answer.")',
    ),
    "a 5xx with a refusing code told as a refusal": Defect(
        file=f"{HERE}/refusals.py",
        text="self.status in {*_REFUSING, _BUSINESS} and",
        mistake="(self.status in {*_REFUSING, _BUSINESS} or self.status >= 500) and",
    ),
    "a 429 told as a refusal": Defect(
        file=f"{HERE}/refusals.py",
        text="self.status in {*_REFUSING, _BUSINESS} and",
        mistake="self.status in {*_REFUSING, _BUSINESS, TOO_MANY} and",
    ),
    "trouble of Webull's own told as a refusal": Defect(
        file=f"{HERE}/refusals.py",
        text="{*_REFUSING, _BUSINESS} and not trouble",
        mistake="{*_REFUSING, _BUSINESS}",
    ),
    "an order sent twice": Defect(
        file=f"{HERE}/orders.py",
        text="                taken = await self._client.post_order(body, urgent=urgent)",
        mistake="""                await self._client.post_order(body, urgent=urgent)
                taken = await self._client.post_order(body, urgent=urgent)""",
    ),
    "an order sent again with another token": Defect(
        file=f"{HERE}/line.py",
        text="            await self._renew_for_the_next(access, ends_at)\n",
        mistake="""            other = await self._access.other_headers(access)
            if other is not None:
                return await self._once(asked, other, (scope,))
""",
    ),
    "a duplicate told as a refusal": Defect(
        file=f"{HERE}/orders.py",
        text="                if not refusal.of_a_known_id:\n                    raise\n",
        mistake="                raise\n",
    ),
    "any refusal taken for absence": Defect(
        file=f"{HERE}/orders.py",
        text="                if not refusal.of_no_such_order:\n                    raise\n"
        "                return Absent()\n",
        mistake="                return Absent()\n",
    ),
    "another order's receipt taken for ours": Defect(
        file=f"{HERE}/orders.py",
        text="                ours = taken.client_order_id == order.order_id\n",
        mistake="                ours = True\n",
    ),
    "whichever order comes first": Defect(
        file=f"{HERE}/orders.py",
        text="        if one.client_order_id == client_id:\n",
        mistake="        if one.client_order_id:\n",
    ),
    "aiohttp's own second try": Defect(
        file="brokers/shared/http_async.py",
        text="    session._retry_connection = False\n",
        mistake="",
    ),
    "a redirect followed": Defect(
        file=f"{HERE}/exchange.py",
        text="allow_redirects=False",
        mistake="allow_redirects=True",
    ),
    "a broken connection told as not sent": Defect(
        file="brokers/shared/http_async.py",
        text="aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError)",
        mistake="aiohttp.ClientConnectionError)",
    ),
    "somebody else's account asked": Defect(
        file=f"{HERE}/adapter.py",
        text="        if order.account_id not in self._accounts:",
        mistake="        if not self._accounts:",
    ),
    "fills without an id that stays": Defect(
        file=f"{HERE}/executions.py",
        text='fill_id=f"{told.order_id}:{len(known) + 1}"',
        mistake='fill_id=f"{told.order_id}:{told.filled_quantity}"',
    ),
    "the average taken for the price of the last fill": Defect(
        file=f"{HERE}/executions.py",
        text="price=price if price > 0 else average",
        mistake="price=average",
    ),
    "what was told before its order was stored counted twice": Defect(
        file=f"{HERE}/orders.py",
        text="kept if executions.begins_with(kept, order.fills) else order.fills",
        mistake="order.fills",
    ),
    "an end before its fills": Defect(
        file=f"{HERE}/receipts.py",
        text="    if not whole(told, fills):\n",
        mistake="    if not fills and not told.filled_quantity and not whole(told, fills):\n",
    ),
    "exits left at work": Defect(
        file=f"{HERE}/changes.py",
        text="for leg, client_id in brackets.legs_of(order) if leg.state.working]",
        mistake="for leg, client_id in brackets.legs_of(order)[:1] if leg.state.working]",
    ),
    "a parameter that is not signed": Defect(
        file=f"{HERE}/exchange.py",
        text="parameters=tuple((asked.query if asked.form is None else asked.form).items()),",
        mistake="parameters=tuple((asked.form or {}).items()),",
    ),
    "a nonce used twice": Defect(
        file=f"{HERE}/exchange.py",
        text="nonce=token_hex(16)",
        mistake='nonce="0" * 32',
    ),
    "any refusal taken for the end of a session": Defect(
        file=f"{HERE}/oauth.py",
        text="if refusal.status == 417 and refusal.proven and _OF_THE_TOKEN in spoken:",
        mistake="if spoken:",
    ),
    "the old refresh token kept": Defect(
        file=f"{HERE}/oauth.py",
        text='"refresh_token": tokens.refresh_token.get_secret_value()',
        mistake='"refresh_token": tokens.access_token.get_secret_value()',
    ),
    "keys kept after closing": Defect(
        file=f"{HERE}/access.py",
        text="        self._signer, self._headers = None, {}\n",
        mistake="        self._headers = {}\n",
    ),
    "everybody's allowance in one": Defect(
        file=f"{HERE}/metering.py",
        text='"" if by_platform else str(context.link_id)',
        mistake='""',
    ),
}
