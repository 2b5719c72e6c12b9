"""What TWS and the server look at before they take an order."""

from decimal import Decimal
from typing import Final

from tests.simulators.tws import refusals
from tests.simulators.tws.funds import Funds, margin_of
from tests.simulators.tws.listing import Contract, Listing
from tests.simulators.tws.market import Market
from tests.simulators.tws.orders import STOPS, SimOrder, Ticket
from tests.simulators.tws.people import Account
from tests.simulators.tws.refusals import Refusal

TYPES: Final = frozenset({"MKT", "LMT", "STP", "STP LMT", "TRAIL", "TRAIL LIMIT"})
_TIFS: Final = frozenset({"DAY", "GTC", "IOC", "FOK", "GTD", "OPG"})
_LIMITED: Final = frozenset({"LMT", "STP LMT"})


def chosen_contract(listing: Listing, ticket: Ticket) -> Contract:
    """The one contract that an order is for.

    Raises:
        Refusal: There is none, or more than one.
    """
    if not ticket.wanted.exchange:  # however well the number says it
        raise refusals.invalid("Missing order exchange")
    found = listing.find(ticket.wanted)
    if not found:
        raise refusals.no_definition()
    if len(found) > 1:
        raise refusals.ambiguous(ticket.wanted.symbol)
    return found[0]


def check_ticket(ticket: Ticket, contract: Contract, listing: Listing) -> None:
    """What TWS sees by itself.

    Raises:
        Refusal: The fields do not fit each other or the contract.
    """
    if ticket.action not in {"BUY", "SELL"}:
        raise refusals.invalid("Invalid side")
    if ticket.type not in TYPES:
        raise Refusal(387, "Unsupported order type for this exchange and security type.")
    if ticket.tif not in _TIFS:
        raise refusals.invalid("Invalid time in force")
    _check_quantity(ticket, contract)
    _check_prices(ticket, contract, listing)


def _check_quantity(ticket: Ticket, contract: Contract) -> None:
    if ticket.cash_quantity is not None:
        if contract.kind not in {"CRYPTO", "CASH"}:
            raise Refusal(10244, "Cash Quantity cannot be used for this order")
        if ticket.quantity == 0:
            return
    if ticket.quantity <= 0:
        raise refusals.invalid("Order size cannot be zero")  # words unverified
    if contract.kind == "CRYPTO":
        if ticket.quantity % contract.min_size:
            words = "The size does not conform to the minimum variation for this contract"
            raise Refusal(10250, words)
    elif ticket.quantity % 1:
        raise Refusal(
            10243,
            "Fractional-sized order cannot be placed via API. Please use desktop version to place.",
        )


def _check_prices(ticket: Ticket, contract: Contract, listing: Listing) -> None:
    if ticket.type in _LIMITED and ticket.limit_price is None:
        raise refusals.invalid("Missing limit price")  # words unverified
    if ticket.type in {"STP", "STP LMT"} and ticket.aux_price is None:
        raise Refusal(403, "Invalid stop price.")
    if ticket.type.startswith("TRAIL") and not (ticket.aux_price or ticket.trailing_percent):
        raise refusals.invalid("Missing trailing amount")  # words unverified
    prices = [ticket.limit_price if ticket.type in _LIMITED else None]
    prices.append(ticket.aux_price if ticket.type in STOPS else None)
    for price in prices:
        if price is not None and price % listing.step(contract, price):
            words = "The price does not conform to the minimum price variation for this contract."
            raise Refusal(110, words)


def check_change(order: SimOrder, ticket: Ticket, contract: Contract) -> None:
    """Whether an order may become that.

    Raises:
        Refusal: It is filled, or it would be another order.
    """
    if order.status == "Filled":
        raise Refusal(104, "Cannot modify a filled order.")
    if order.ended:
        raise refusals.duplicate_id()
    same = (order.contract.con_id, order.ticket.action, order.ticket.tif != "" and order.account)
    if same != (contract.con_id, ticket.action, ticket.account or order.account):
        raise Refusal(105, "Order being modified does not match original order.")
    if ticket.quantity and ticket.quantity < order.filled:
        raise refusals.rejected("Quantity is below what has been filled")  # unverified


def check_funds(account: Account, order: SimOrder, market: Market) -> None:
    """What the server looks at.

    Raises:
        Refusal: The account cannot carry the position.
    """
    funds = Funds.of(account, market)
    if order.contract.kind == "CRYPTO":
        _check_coins(account, order, market)
        return
    held, change = account.held(order.contract), order.quantity * (1 if order.buys else -1)
    if abs(held + change) <= abs(held):
        return
    price = order.limit_price or order.stop or market.quote(order.contract).mark
    grown = abs(held + change) - (abs(held) if held * change > 0 else 0)
    needed = margin_of(order.contract, grown * (1 if order.buys else -1), price).initial
    needed *= market.rate(order.contract.currency)
    if needed > funds.available:
        equity, margin = funds.equity, funds.initial + needed
        raise refusals.rejected(
            "YOUR ORDER IS NOT ACCEPTED. IN ORDER TO OBTAIN THE DESIRED POSITION YOUR EQUITY WITH "
            f"LOAN VALUE [{equity:.2f} USD] MUST EXCEED THE INITIAL MARGIN [{margin:.2f} USD]"
        )


def _check_coins(account: Account, order: SimOrder, market: Market) -> None:
    """Coins are paid in full and never sold short."""
    if not order.buys:
        if account.held(order.contract) < order.quantity:
            raise refusals.rejected("Short positions are not allowed in crypto")  # unverified
        return
    price = order.limit_price or market.quote(order.contract).touch(buys=True) or Decimal(0)
    cost = order.ticket.cash_quantity or order.quantity * price
    if cost > account.cash.get(order.contract.currency, Decimal(0)):
        raise refusals.rejected("Insufficient settled cash")  # unverified
