"""What-if orders: nothing is placed; the answer is an openOrder with margins and commission."""

from decimal import Decimal

from tests.simulators.tws import drawing, rules
from tests.simulators.tws.clients import Client
from tests.simulators.tws.desk import Desk
from tests.simulators.tws.funds import Funds, margin_of
from tests.simulators.tws.orders import PRE_SUBMITTED, SimOrder, Ticket
from tests.simulators.tws.settling import commission_for
from tests.simulators.tws.statements import money
from tests.simulators.tws.wire import UNSET_DOUBLE, Value


def preview(desk: Desk, client: Client, order_id: int, ticket: Ticket) -> tuple[Value, ...]:
    """The answer.

    Raises:
        Refusal: Such an order would not be taken.
    """
    order = desk.draft(client.id, order_id, ticket)
    account = desk.accounts[order.account]
    rules.check_funds(account, order, desk.market)
    order.status = PRE_SUBMITTED
    return drawing.open_order(order, client.version, _margins(desk, order))


def _margins(desk: Desk, order: SimOrder) -> tuple[Value, ...]:
    market, contract = desk.market, order.contract
    account = desk.accounts[order.account]
    before = Funds.of(account, market)
    mark = market.quote(contract).mark
    price = order.limit_price or mark
    quantity = order.quantity
    if order.ticket.cash_quantity and not quantity and price:
        quantity = order.ticket.cash_quantity / price
    held = account.held(contract)
    after_held = held + (quantity if order.buys else -quantity)
    rate = market.rate(contract.currency)
    old, new = (margin_of(contract, amount, mark) for amount in (held, after_held))
    initial, kept = (new.initial - old.initial) * rate, (new.maintenance - old.maintenance) * rate
    cost = commission_for(contract, quantity, price) * rate
    zero = Decimal(0)
    return (
        *(money(before.initial), money(before.maintenance), money(before.equity)),
        *(money(initial), money(kept), money(zero - cost)),
        *(money(before.initial + initial), money(before.maintenance + kept)),
        money(before.equity - cost),
        *(money(cost), UNSET_DOUBLE, UNSET_DOUBLE, account.base),
        "",
    )
