"""Mistakes that would cost somebody money are noticed by the tests beside this one."""

from typing import Final

from tests.brokers.planted import Defect

FOLDER: Final = "brokers/ibkr"


def defect(file: str, text: str, mistake: str) -> Defect:
    return Defect(file=f"{FOLDER}/{file}", text=text, mistake=mistake)


DEFECTS: Final = {
    "a sell for a buy": defect("order_fields.py", 'Side.BUY: "BUY"', 'Side.BUY: "SELL"'),
    "a limit sent as a stop": defect(
        "order_fields.py",
        'fields["lmtPrice"] = plain(request.limit_price)',
        'fields["auxPrice"] = plain(request.limit_price)',
    ),
    "a trail in percent sent as dollars": defect(
        "order_fields.py", 'fields["trailingPercent"]', 'fields["auxPrice"]'
    ),
    "a stop-loss that opens what it should close": defect(
        "order_fields.py",
        '        "action": ACTIONS[request.side.opposite],',
        '        "action": ACTIONS[request.side],',
    ),
    "parts of shares cut off": defect(
        "order_fields.py", "not whole and kind not in _PARTS,", "False,"
    ),
    "an order for whatever account comes first": defect(
        "order_fields.py",
        '        "account": str(order.account_id),\n        "orderRef": order.order_id,',
        '        "account": "",\n        "orderRef": order.order_id,',
    ),
    "an order without our mark": defect(
        "order_fields.py", '        "orderRef": order.order_id,', '        "orderRef": "",'
    ),
    "an entry sent before its closing orders": defect(
        "orders.py", '"transmit": place == len(numbers) - 1}', '"transmit": True}'
    ),
    "an order sent twice": defect(
        "orders.py",
        "                    client.place(handed)",
        "                    client.place(handed)\n                    client.place(handed)",
    ),
    "the same order sent again": defect(
        "orders.py", "if order.order_id in self._begun:", "if order.broker in self._begun:"
    ),
    "silence told as taken": defect(
        "orders.py",
        "                if taken is None:\n                    raise",
        "                if taken is None:\n"
        "                    return Receipt(broker_order_id='0', state=OrderState.ACCEPTED)",
    ),
    "half a bracket left behind": defect(
        "orders.py",
        "                await self._changes.taken_back(numbers, answers)\n",
        "                pass\n",
    ),
    "a cancel asked for twice": defect(
        "changes.py",
        "                for number in numbers:\n                    client.cancel(number)\n"
        "            answers",
        "                for number in numbers * 2:\n                    client.cancel(number)\n"
        "            answers",
    ),
    "a change that takes another number": defect(
        "changes.py",
        "client.place([(number, about, handed)])",
        "client.place([(client.next_id(), about, handed)])",
    ),
    "another client's order canceled by its number": defect(
        "changes.py", "told.client_id == self._line.client_id and told.order_id > 0", "True"
    ),
    "a refused change told as done": defect(
        "changes.py",
        "            if isinstance(news, ErrorTold) and _refuses(news):\n"
        "                raise rejected(news.code, news.words)\n"
        "            if isinstance(news, OrderTold)",
        "            if isinstance(news, ErrorTold) and _refuses(news):\n"
        "                return self._finding.receipt(known, order)\n"
        "            if isinstance(news, OrderTold)",
    ),
    "a refused change that refuses the order": defect(
        "changes.py", "        known.changed = True\n", ""
    ),
    "a warning told as a refusal": defect("errors.py", "*range(387, 399),", "*range(387, 400),"),
    "a code that nobody knows told as a refusal": defect(
        "errors.py",
        "    return code in REFUSALS",
        "    return code not in range(2100, 2200)",
    ),
    "an unknown outcome told as not sent": defect(
        "errors.py",
        "    return OutcomeUnknown(broker=BROKER, detail=detail)",
        '    return not_sent("No answer.")',
    ),
    "absent before everything was asked": defect(
        "finding.py", "        await self._line.completed_orders()\n", ""
    ),
    "absent without the orders at work": defect(
        "finding.py",
        "        at_work = await self._line.open_orders()\n"
        "        found = [one for one in self.known(order) if one.perm_id in at_work]\n"
        "        if found:",
        "        at_work: set[int] = set()\n        found: list[Known] = []\n        if found:",
    ),
    "one of two orders with the same mark": defect(
        "finding.py", "if len(made) == 1 else Ambiguous", "if made else Ambiguous"
    ),
    "orders of all accounts in the list": defect(
        "finding.py", "if known.account == account else None", "if known.account else None"
    ),
    "a correction counted beside what it corrects": defect(
        "executions.py", "    return (lasting, int(version))", "    return (exec_id, int(version))"
    ),
    "an old version in place of a correction": defect(
        "executions.py", "parts(before.exec_id)[1] <= version", "True"
    ),
    "fills told without their commission": defect(
        "executions.py",
        "if cost is None and lasting not in before and now - told.at < LATE:",
        "if False:",
    ),
    "ended while fills are missing": defect(
        "receipts.py", "if state.final and missing > 0 and now", "if False and now"
    ),
    "inactive told as refused without proof": defect(
        "receipts.py",
        "word == INACTIVE and (known.ended is not None or known.refused is not None)",
        "word == INACTIVE",
    ),
    "what is filled told as refused": defect(
        "receipts.py",
        "        if some > 0:\n            return _S.CANCELED\n",
        "",
    ),
    "the distance of a trail told as a stop": defect(
        "receipts.py", "terms.stop if terms.type in _STOPS else None", "terms.limit"
    ),
    "an old word after the last one": defect("heard.py", "(news.over or not over)", "True"),
    "the largest double taken for money": defect(
        "told.py", "found.is_finite() and abs(found) < UNSET", "found.is_finite()"
    ),
    "a real account under a paper link": defect(
        "adapter.py",
        "            check_agreement(self._environment, self._line.port, self._line.accounts)\n",
        "            pass\n",
    ),
    "an account of another login": defect(
        "adapter.py",
        "if account is not None and account not in self._line.accounts:",
        "if False:",
    ),
    "a live account taken for paper": defect(
        "accounts.py", 'account.upper().startswith("D")', 'account.upper().startswith(("D", "U"))'
    ),
    "the port left out of the agreement": defect(
        "accounts.py", "{environment, known or environment, *kinds}", "{environment, *kinds}"
    ),
    "every account of the login in spite of IB_ACCOUNT": defect(
        "line.py", "        return (wanted,)", "        return tuple(accounts)"
    ),
    "a taken client id that ends it": defect(
        "line.py",
        "            except TakenClientId:\n                await client.close()",
        "            except TakenClientId:\n                raise",
    ),
    "lost servers not told": defect("line.py", "if news.code in LOST:", "if False:"),
    "1101 taken for 1102": defect("line.py", "reports.restored(anew=True)", "pass"),
    "a drop that nobody hears of": defect(
        "client.py", "        self.end(_HUNG_UP)", "        pass"
    ),
    "two questions of a kind at once": defect(
        "turns.py",
        "        async with self._alone.setdefault(kind, asyncio.Lock()):",
        "        async with asyncio.Lock():",
    ),
    "a cost per contract told per unit": defect(
        "mapping.py", "        cost /= about.multiplier", "        cost /= 1"
    ),
    "a profit of zero where none was told": defect(
        "mapping.py",
        "day_profit=None if day_profit is None else Money(amount=day_profit, currency=currency)",
        "day_profit=Money(amount=day_profit or Decimal(0), currency=currency)",
    ),
    "another currency told as dollars": defect(
        "mapping.py", "            return figure, currency", '            return figure, "USD"'
    ),
    "short sales in a cash account": defect(
        "mapping.py",
        "may_short=power is not None and funds is not None and power[0] > funds[0] > 0",
        "may_short=True",
    ),
}
