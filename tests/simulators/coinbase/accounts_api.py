"""Accounts, portfolios, fees and the key's own rights."""

from decimal import Decimal
from typing import Any, Final

from tests.simulators.coinbase.asking import API, Answer, Ask, Route, how_many, json_answer, one_of
from tests.simulators.coinbase.desk import Desk
from tests.simulators.coinbase.market import Market
from tests.simulators.coinbase.paging import page_of
from tests.simulators.coinbase.people import Account, Portfolio
from tests.simulators.coinbase.refusals import not_found
from tests.simulators.coinbase.wire import money, text

USUAL: Final = 49
MOST: Final = 250
_ZERO: Final = Decimal(0)
_TYPES: Final = frozenset({"UNDEFINED", "DEFAULT", "CONSUMER", "INTX"})


class AccountsApi:
    """Answers about what a person has."""

    def __init__(self, desk: Desk, market: Market) -> None:
        """Reads only."""
        self._desk = desk
        self._market = market

    def routes(self) -> list[Route]:
        """All of them."""
        return [
            Route("GET", f"{API}/accounts", self._accounts),
            Route("GET", f"{API}/accounts/{{account_id}}", self._account),
            Route("GET", f"{API}/portfolios", self._portfolios),
            Route("GET", f"{API}/portfolios/{{portfolio_id}}", self._breakdown),
            Route("GET", f"{API}/transaction_summary", self._summary),
            Route("GET", f"{API}/key_permissions", self._permissions),
        ]

    def _accounts(self, ask: Ask) -> Answer:
        """Those of the key's portfolio."""
        rows = list(ask.owner.portfolio.accounts.values())
        limit = how_many(ask, "limit", usual=USUAL, most=MOST)
        page = page_of(rows, ask.query.get("cursor", ""), limit, lambda account: account.id)
        return json_answer(
            {
                "accounts": [self._drawn(ask.owner.portfolio, account) for account in page.rows],
                "has_next": page.has_next,
                "cursor": page.cursor,
                "size": len(page.rows),
            }
        )

    def _account(self, ask: Ask) -> Answer:
        for account in ask.owner.portfolio.accounts.values():
            if account.id == ask.parts["account_id"]:
                return json_answer({"account": self._drawn(ask.owner.portfolio, account)})
        raise not_found("account not found")  # words unverified

    def _portfolios(self, ask: Ask) -> Answer:
        """All of the person's; whether a key sees others than its own is unverified."""
        kind = one_of(ask, "portfolio_type", _TYPES)
        rows = [one.wire() for one in ask.owner.person.portfolios if kind in {"", one.type}]
        return json_answer({"portfolios": rows})

    def _breakdown(self, ask: Ask) -> Answer:
        for portfolio in ask.owner.person.portfolios:
            if portfolio.id == ask.parts["portfolio_id"]:
                return json_answer({"breakdown": self._broken_down(portfolio)})
        raise not_found("portfolio not found")  # words unverified

    def _summary(self, ask: Ask) -> Answer:
        """Volumes are numbers, rates are strings: as recorded."""
        person = ask.owner.person
        volume, fees = float(person.volume), float(person.fees)
        whole = sum((self._worth(a) for p in person.portfolios for a in p.accounts.values()), _ZERO)
        return json_answer(
            {
                "total_volume": volume,
                "total_fees": fees,
                "fee_tier": {
                    "pricing_tier": "Intro",
                    "usd_from": "0",
                    "usd_to": "10000",
                    "taker_fee_rate": text(person.taker_rate),
                    "maker_fee_rate": text(person.maker_rate),
                    "aop_from": "",
                    "aop_to": "",
                },
                "margin_rate": None,
                "goods_and_services_tax": None,
                "advanced_trade_only_volume": volume,
                "advanced_trade_only_fees": fees,
                "coinbase_pro_volume": 0,
                "coinbase_pro_fees": 0,
                "total_balance": text(whole),
                "has_promo_fee": False,
                **person.overrides,
            }
        )

    def _permissions(self, ask: Ask) -> Answer:
        key = ask.owner
        return json_answer(
            {
                "can_view": key.can_view,
                "can_trade": key.can_trade,
                "can_transfer": key.can_transfer,
                "portfolio_uuid": key.portfolio.id,
                "portfolio_type": key.portfolio.type,
            }
        )

    def _drawn(self, portfolio: Portfolio, account: Account) -> dict[str, Any]:
        return account.wire(portfolio, self._desk.hold(portfolio, account.currency))

    def _broken_down(self, portfolio: Portfolio) -> dict[str, Any]:
        accounts = [one for one in portfolio.accounts.values() if one.balance]
        cash = sum((self._worth(one) for one in accounts if _is_money(one)), _ZERO)
        coins = sum((self._worth(one) for one in accounts if not _is_money(one)), _ZERO)
        return {
            "portfolio": portfolio.wire(),
            "portfolio_balances": {
                "total_balance": money(cash + coins, "USD"),
                "total_futures_balance": money(_ZERO, "USD"),
                "total_cash_equivalent_balance": money(cash, "USD"),
                "total_crypto_balance": money(coins, "USD"),
                "futures_unrealized_pnl": money(_ZERO, "USD"),
                "perp_unrealized_pnl": money(_ZERO, "USD"),
            },
            "spot_positions": [self._position(portfolio, one, cash + coins) for one in accounts],
            "perp_positions": [],
            "futures_positions": [],
        }

    def _position(self, portfolio: Portfolio, account: Account, whole: Decimal) -> dict[str, Any]:
        """Amounts are JSON numbers here, and nowhere else: the reference of the breakdown."""
        worth, free = self._worth(account), self._desk.free(portfolio, account.currency)
        free_worth = worth * free / account.balance
        cost = worth if account.is_cash else account.cost
        return {
            "asset": account.currency,
            "account_uuid": account.id,
            "total_balance_fiat": float(worth),
            "total_balance_crypto": float(account.balance),
            "available_to_trade_fiat": float(free_worth),
            "allocation": float(worth / whole) if whole else 0,
            "cost_basis": money(cost, "USD"),
            "asset_img_url": "",
            "is_cash": account.is_cash,
            "average_entry_price": money(cost / account.balance, "USD"),
            "asset_uuid": account.id,
            "available_to_trade_crypto": float(free),
            "unrealized_pnl": float(worth - cost),
            "available_to_transfer_fiat": float(free_worth),
            "available_to_transfer_crypto": float(free),
            "asset_color": "",
            "account_type": "ACCOUNT_TYPE_FIAT" if account.is_cash else "ACCOUNT_TYPE_WALLET",
        }

    def _worth(self, account: Account) -> Decimal:
        """In US dollars at the last price; what has none is worth nothing, other money as much."""
        if _is_money(account):
            return account.balance
        quote = self._market.quotes.get(f"{account.currency}-USD")
        return account.balance * quote.last if quote else _ZERO


def _is_money(account: Account) -> bool:
    return account.is_cash or account.currency == "USDC"
