"""The E*TRADE simulator: accounts, balances, positions and history, and whose they are."""

from collections.abc import AsyncIterator, Awaitable, Callable
from decimal import Decimal

import pytest
from etrade_python import (
    AccountBalanceRequest,
    ETradeClient,
    OrderBuilder,
    OrdersRequest,
    PortfolioRequest,
    TransactionsRequest,
)

from tests.simulators.etrade import Account
from tests.simulators.etrade_clients import EXPIRY, World, opened, order, refusal


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


async def test_all_accounts_of_a_person_are_listed_with_their_kinds(world: World) -> None:
    accounts = [
        Account(name="Day to day", cash=Decimal(10)),
        Account(mode="MARGIN", type="MARGIN"),
        Account(mode="IRA", type="ROTHIRA", status="CLOSED"),
    ]
    link = await world.linked(world.sim.add_person("bert", accounts=accounts))

    listed = (await link.client.accounts.list()).accounts

    assert [one.account_id_key for one in listed] == [one.key for one in accounts]
    assert [one.account_mode for one in listed] == ["CASH", "MARGIN", "IRA"]
    assert [one.account_status for one in listed] == ["ACTIVE", "ACTIVE", "CLOSED"]
    assert listed[0].account_id == accounts[0].id
    assert listed[0].account_name == "Day to day"


async def test_a_person_without_accounts_gets_an_empty_list(world: World) -> None:
    link = await world.linked(world.sim.add_person("bert", accounts=[]))

    assert (await link.client.accounts.list()).accounts == []


async def test_what_open_orders_hold_is_not_available(world: World) -> None:
    await world.placed(quantity="10")

    balance = await world.client.accounts.get_balance(world.account.key)

    computed = balance.computed_balance
    assert computed is not None
    assert computed.cash_balance == Decimal(100000)
    assert computed.cash_buying_power == Decimal(98500)
    assert computed.cash_available_for_investment == Decimal(98500)


async def test_the_sdk_drops_the_account_s_whole_value(world: World) -> None:
    """E*TRADE writes RealTimeValues where etrade-python looks for realTimeValues."""
    balance = await world.client.accounts.get_balance(world.account.key)

    assert balance.computed_balance is not None
    assert balance.computed_balance.real_time_values is None
    assert b"totalAccountValue" in await raw(world, "balance.json?instType=BROKERAGE")


async def raw(world: World, path: str) -> bytes:
    """What E*TRADE answers, before the SDK reads it."""
    url = f"https://api.etrade.com/v1/accounts/{world.account.key}/{path}"
    request = world.link.http.build_request("GET", url)
    credentials = await world.link.session.load()
    assert credentials is not None
    world.link.oauth.sign_request(request, credentials)
    return (await world.link.http.send(request)).content


async def test_a_margin_account_may_spend_twice_what_it_is_worth(world: World) -> None:
    account = Account(mode="MARGIN", type="MARGIN", cash=Decimal(1000))
    link = await world.linked(world.sim.add_person("bert", accounts=[account]))
    world.sim.give(account, "F", "10", cost="100")

    balance = await link.client.accounts.get_balance(account.key)

    assert balance.account_mode == "MARGIN"
    assert balance.computed_balance is not None
    assert balance.computed_balance.margin_buying_power == Decimal(2120)


async def test_another_institution_than_the_brokerage_is_refused(world: World) -> None:
    request = AccountBalanceRequest(inst_type="BANK")

    refused = await refusal(world.client.accounts.get_balance(world.account.key, request))

    assert refused == (400, "7002", "Invalid institution type")


async def test_positions_follow_what_was_filled(world: World) -> None:
    await world.placed("one", price_type="MARKET", quantity="10")
    await world.placed(
        "two", option=(EXPIRY, "200", "CALL"), action="BUY_OPEN", price_type="MARKET"
    )
    world.sim.market.set("AAPL", bid="209", ask="211")

    portfolio = await world.client.portfolio.get_positions(world.account.key)

    share, call = portfolio.account_portfolios[0].positions
    assert share.product is not None
    assert call.product is not None
    assert (share.product.symbol, share.product.security_type) == ("AAPL", "EQ")
    assert (share.quantity, share.position_type) == (Decimal(10), "LONG")
    assert share.price_paid == Decimal("200.1")
    assert share.market_value == Decimal(2100)
    assert share.total_gain == Decimal(99)
    assert (call.product.call_put, call.product.strike_price) == ("CALL", Decimal(200))
    assert call.osi_key == "AAPL--261218C00200000"
    assert call.total_cost == Decimal("510.65")
    assert share.quick is not None
    assert share.quick.quote_status == "REALTIME"


async def test_a_short_position_counts_below_zero(world: World) -> None:
    account = Account(mode="MARGIN", type="MARGIN")
    link = await world.linked(world.sim.add_person("bert", accounts=[account]))
    builder = order(account.key, action="SELL_SHORT", quantity="10", price_type="MARKET")
    await place(link.client, builder)

    portfolio = await link.client.portfolio.get_positions(account.key)

    [position] = portfolio.account_portfolios[0].positions
    assert (position.quantity, position.position_type) == (Decimal(-10), "SHORT")
    assert position.market_value == Decimal(-2000)
    assert account.cash == Decimal(101999)


async def place(client: ETradeClient, builder: OrderBuilder) -> None:
    """Previews and places."""
    key = builder.account_id_key
    preview = await client.orders.preview(key, builder.build_preview_request())
    ids = [preview.preview_ids[0].preview_id]
    await client.orders.place(key, builder.build_place_request(ids))


async def test_positions_come_in_pages(world: World) -> None:
    for symbol in ("A", "B", "C"):
        world.sim.market.set(symbol, bid="1", ask="2")
        world.sim.give(world.account, symbol, "1")
    request = PortfolioRequest(count=2, totals_required=True, view="COMPLETE")

    page = await world.client.portfolio.get_positions(world.account.key, request)
    rows = [one async for one in world.client.portfolio.iter_positions(world.account.key, request)]

    assert len(page.account_portfolios[0].positions) == 2
    assert page.account_portfolios[0].total_pages == 2
    assert page.totals is not None
    assert page.totals.total_market_value == Decimal("4.5")
    assert [one.symbol_description for one in rows] == ["A", "B", "C"]
    assert rows[0].complete is not None


async def test_an_account_without_positions_has_no_portfolio(world: World) -> None:
    portfolio = await world.client.portfolio.get_positions(world.account.key)

    assert portfolio.account_portfolios == []


async def test_every_fill_is_a_transaction(world: World) -> None:
    await world.placed("one", price_type="MARKET", quantity="10")
    world.watch.advance(minutes=1)
    order_id = await world.placed("two", action="SELL", price_type="MARKET", quantity="4")

    listed = await world.client.transactions.list(world.account.key)
    sold, bought = listed.transactions
    details = await world.client.transactions.get(world.account.key, str(sold.transaction_id))

    assert sold.brokerage is not None
    assert (bought.transaction_type, bought.amount) == ("Bought", Decimal(-2001))
    assert (sold.transaction_type, sold.brokerage.quantity) == ("Sold", Decimal(-4))
    assert sold.transaction_date == world.watch.at
    assert details.transaction.brokerage is not None
    assert details.transaction.brokerage.order_no == str(order_id)


async def test_transactions_come_in_pages_whose_first_row_ended_the_last_one(world: World) -> None:
    for n in range(5):
        await world.placed(f"n{n}", price_type="MARKET")
    request = TransactionsRequest(count=2)

    first = await world.client.transactions.list(world.account.key, request)
    second = await world.client.transactions.list(
        world.account.key, TransactionsRequest(count=2, marker=first.marker)
    )
    rows = [one async for one in world.client.transactions.list_all(world.account.key, request)]

    assert first.more_transactions is True
    assert second.transactions[0].transaction_id == first.transactions[1].transaction_id
    assert len({one.transaction_id for one in rows}) == len(rows) == 5


async def test_transactions_are_of_days_in_new_york(world: World) -> None:
    await world.placed(price_type="MARKET")
    day = TransactionsRequest(start_date="11182026", end_date="11182026")
    other = TransactionsRequest(start_date="11192026", end_date="11202026")

    assert len((await world.client.transactions.list(world.account.key, day)).transactions) == 1
    assert (await world.client.transactions.list(world.account.key, other)).transactions == []


@pytest.mark.parametrize("path", ["balance", "portfolio", "transactions", "orders"])
async def test_nobody_sees_anybody_else_s_account(world: World, path: str) -> None:
    theirs = world.sim.add_person("bert").account.key
    client = world.client
    calls: dict[str, Callable[[str], Awaitable[object]]] = {
        "balance": client.accounts.get_balance,
        "portfolio": client.portfolio.get_positions,
        "transactions": client.transactions.list,
        "orders": client.orders.list,
    }

    refused = await refusal(calls[path](theirs))

    assert refused == (400, "100", "Account key does not belong to user.")


async def test_nobody_trades_in_anybody_else_s_account(world: World) -> None:
    bert = world.sim.add_person("bert")
    link = await world.linked(bert)
    await place(link.client, order(bert.account.key, "theirs"))
    request = order(bert.account.key, "mine").build_preview_request()

    previewed = await refusal(world.client.orders.preview(bert.account.key, request))
    cancelled = await refusal(world.client.orders.cancel(bert.account.key, 1))

    assert previewed[1] == cancelled[1] == "100"
    assert [one.client_order_id for one in world.sim.orders] == ["theirs"]
    assert (await link.client.orders.list(bert.account.key, OrdersRequest())).orders
    assert [one.person for one in world.sim.received][-1] == "bert"


async def test_a_preview_of_one_account_is_no_good_in_another(world: World) -> None:
    accounts = [Account(), Account()]
    link = await world.linked(world.sim.add_person("bert", accounts=accounts))
    first, second = (order(one.key) for one in accounts)
    preview = await link.client.orders.preview(accounts[0].key, first.build_preview_request())
    request = second.build_place_request([preview.preview_ids[0].preview_id])

    assert (await refusal(link.client.orders.place(accounts[1].key, request)))[1] == "101"


async def test_the_number_of_an_account_is_not_its_key(world: World) -> None:
    refused = await refusal(world.client.accounts.get_balance(world.account.id))

    assert refused == (400, "102", "Please enter valid Account Key")
