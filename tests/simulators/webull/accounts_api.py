"""GET /trading/accounts/list, /trading/assets/balances/get and /trading/assets/positions/list."""

from collections.abc import Sequence
from typing import Any

from tests.simulators.webull.asking import Answer, Ask, Route, account_of, json_answer, needed
from tests.simulators.webull.funds import OVERNIGHT, Funds
from tests.simulators.webull.instruments import Catalogue, Contract
from tests.simulators.webull.people import CLASSES, Account, Position
from tests.simulators.webull.wire import money, price, text


class AccountsApi:
    """What people have."""

    def __init__(self, funds: Funds, catalogue: Catalogue) -> None:
        """At the market's prices."""
        self._funds = funds
        self._catalogue = catalogue

    def routes(self) -> Sequence[Route]:
        """Its paths."""
        return [
            Route("GET", "/trading/accounts/list", self._accounts),
            Route("GET", "/trading/assets/balances/get", self._balance),
            Route("GET", "/trading/assets/positions/list", self._positions),
        ]

    def _accounts(self, ask: Ask) -> Answer:
        return json_answer(
            [
                {
                    "account_id": account.id,
                    "account_number": account.number,
                    "account_type": account.type,
                    "account_label": CLASSES[account.kind][1],
                    "account_class": account.kind,
                    "user_id": ask.owner.person.user_id,
                }
                for account in ask.owner.accounts
            ]
        )

    def _balance(self, ask: Ask) -> Answer:
        """The fields that the sandbox sent; `open_margin_calls` is a list, not the text that the
        reference has. Those of a cash account are the reference's (unseen)."""
        account = account_of(ask, needed(ask, "account_id"))
        value, profit = self._funds.market_value(account), self._funds.profit(account)
        body: dict[str, Any] = {
            "total_asset_currency": "USD",
            "total_net_liquidation_value": money(self._funds.net(account)),
            "total_market_value": money(value),
            "total_cash_balance": money(account.cash),
            "total_unrealized_profit_loss": money(profit),
            "total_day_profit_loss": "0.00",
        }
        if account.type == "MARGIN":
            body |= {
                "day_trades_left": "UNLIMITED",
                "maintenance_margin": "0.00",
                "open_margin_calls": [],
            }
        return json_answer({**body, "account_currency_assets": [self._dollars(account)]})

    def _dollars(self, account: Account) -> dict[str, str]:
        funds = self._funds
        shown = {
            "currency": "USD",
            "net_liquidation_value": money(funds.net(account)),
            "market_value": money(funds.market_value(account)),
            "cash_balance": money(account.cash),
            "option_buying_power": money(funds.option_power(account)),
            "unrealized_profit_loss": money(funds.profit(account)),
            "day_profit_loss": "0.00",
        }
        if account.type == "MARGIN":
            return shown | {
                "day_buying_power": money(funds.day_power(account)),
                "overnight_buying_power": money(funds.power(account, OVERNIGHT)),
                "night_trading_buying_power": money(account.cash - funds.held(account)),
            }
        return shown | {
            "settled_cash": money(account.cash),
            "unsettled_cash": "0.00",
            "buying_power": money(funds.day_power(account)),
        }

    def _positions(self, ask: Ask) -> Answer:
        account = account_of(ask, needed(ask, "account_id"))
        return json_answer([self._drawn(one) for one in account.positions.values()])

    def _drawn(self, position: Position) -> dict[str, Any]:
        """The reference's fields; no position was ever seen in the sandbox.

        `symbol` of an option as the underlying, and the sign of a short sale, are unverified.
        """
        instrument = self._catalogue.instruments[position.symbol]
        multiplier = instrument.multiplier
        contract = instrument if isinstance(instrument, Contract) else None
        drawn: dict[str, Any] = {
            "position_id": position.id,
            "currency": "USD",
            "quantity": text(position.quantity),
            "symbol": contract.underlying if contract else position.symbol,
            "option_strategy": "SINGLE",
            "instrument_type": instrument.kind,
            "last_price": price(self._funds.price(position)),
            "cost_price": price(position.cost / position.quantity / multiplier),
            "unrealized_profit_loss": money(self._funds.value(position) - position.cost),
        }
        if contract is not None:
            drawn["legs"] = [
                {
                    "leg_id": position.leg_id,
                    "symbol": contract.root,
                    "quantity": text(position.quantity),
                    "option_type": contract.right,
                    "option_expire_date": contract.expiry.isoformat(),
                    "option_exercise_price": price(contract.strike),
                    "option_contract_multiplier": text(multiplier),
                    "option_contract_deliverable": text(multiplier),
                    "expiration_type": "PM",
                }
            ]
        return drawn
