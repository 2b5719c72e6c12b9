"""The rest of the trading API: account, assets, clock, calendar, contracts, activities."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from tests.simulators.alpaca.asking import Answer, Ask, Route, how_many, json_answer
from tests.simulators.alpaca.assets import EQUITY, Catalogue, Contract
from tests.simulators.alpaca.calendar import NEW_YORK, next_close, next_open, sessions
from tests.simulators.alpaca.desk import Desk
from tests.simulators.alpaca.market import Market
from tests.simulators.alpaca.refusals import not_found
from tests.simulators.alpaca.statements import account
from tests.simulators.alpaca.wire import read_amount, read_body, read_moment, text

SETTABLE: Final = frozenset(
    {
        "disable_overnight_trading",
        "fractional_trading",
        "max_margin_multiplier",
        "max_options_trading_level",
        "no_shorting",
        "ptp_no_exception_entry",
        "suspend_trade",
        "trade_confirm_email",
    }
)


class AccountsApi:
    """Answers about everything but orders and positions."""

    def __init__(self, desk: Desk, market: Market, catalogue: Catalogue) -> None:
        """Reads only, but for the settings."""
        self._desk = desk
        self._market = market
        self._catalogue = catalogue

    def routes(self) -> list[Route]:
        """All of them."""
        return [
            Route("GET", "/v2/account", self._account),
            Route("GET", "/v2/account/configurations", self._settings),
            Route("PATCH", "/v2/account/configurations", self._set),
            Route("GET", "/v2/account/activities", self._activities),
            Route("GET", "/v2/account/activities/{kind}", self._activities),
            Route("GET", "/v2/assets", self._assets),
            Route("GET", "/v2/assets/{symbol}", self._asset),
            Route("GET", "/v2/clock", self._clock),
            Route("GET", "/v2/calendar", self._calendar),
            Route("GET", "/v2/options/contracts", self._contracts),
            Route("GET", "/v2/options/contracts/{symbol}", self._contract),
        ]

    def _account(self, ask: Ask) -> Answer:
        return json_answer(account(self._desk, ask.owner))

    def _settings(self, ask: Ask) -> Answer:
        return json_answer(ask.owner.settings)

    def _set(self, ask: Ask) -> Answer:
        body = read_body(ask.body)
        known = {
            name: text(value) if isinstance(value, Decimal) else value
            for name, value in body.items()
            if name in SETTABLE
        }
        level = read_amount(body, "max_options_trading_level")
        if level is not None:
            known["max_options_trading_level"] = int(level)
        ask.owner.settings.update(known)
        return json_answer(ask.owner.settings)

    def _activities(self, ask: Ask) -> Answer:
        kinds = [ask.parts["kind"]] if "kind" in ask.parts else ask.words("activity_types")
        rows = [row for row in ask.owner.activities if not kinds or row["activity_type"] in kinds]
        rows = _in_time(ask, rows)
        if ask.query.get("direction", "desc") == "desc":
            rows.reverse()
        if token := ask.query.get("page_token"):
            ids = [row["id"] for row in rows]
            rows = rows[ids.index(token) + 1 :] if token in ids else []
        return json_answer(rows[: how_many(ask, "page_size", usual=100, most=100)])

    def _assets(self, ask: Ask) -> Answer:
        kind = ask.query.get("asset_class") or EQUITY
        found = [
            asset
            for asset in self._catalogue.assets.values()
            if asset.asset_class == kind
            and ask.query.get("status") in {None, "", asset.status}
            and ask.query.get("exchange") in {None, "", asset.exchange}
        ]
        ordered = sorted(found, key=lambda asset: (asset.exchange, asset.symbol))
        return json_answer([asset.wire() for asset in ordered])

    def _asset(self, ask: Ask) -> Answer:
        found = self._catalogue.asset(ask.parts["symbol"])
        if found is None:
            raise not_found(f"asset not found for {ask.parts['symbol']}")
        return json_answer(found.wire())

    def _clock(self, _: Ask) -> Answer:
        now = self._market.now()
        return json_answer(
            {
                "timestamp": now.astimezone(NEW_YORK).isoformat(),
                "is_open": self._market.open_now,
                "next_open": next_open(now).isoformat(),
                "next_close": next_close(now).isoformat(),
            }
        )

    def _calendar(self, ask: Ask) -> Answer:
        # Without dates Alpaca lists 1970 to 2029; here it is this year.
        today = self._market.now().astimezone(NEW_YORK).date()
        start = _day(ask, "start") or date(today.year, 1, 1)
        end = _day(ask, "end") or date(today.year, 12, 31)
        return json_answer([session.wire() for session in sessions(start, end)])

    def _contracts(self, ask: Ask) -> Answer:
        rows = [c for c in self._catalogue.contracts.values() if self._fits(ask, c)]
        rows.sort(key=lambda c: (c.expiry, c.right, c.strike))
        start = int(ask.query.get("page_token") or 0)
        end = start + how_many(ask, "limit", usual=100, most=10_000)
        more = str(end) if end < len(rows) else None
        page: dict[str, Any] = {
            "option_contracts": [contract.wire() for contract in rows[start:end]],
            "next_page_token": more,
        }
        return json_answer(page)

    def _fits(self, ask: Ask, contract: Contract) -> bool:
        under = ask.words("underlying_symbols")
        if under and contract.underlying.symbol not in under:
            return False
        if contract.status != (ask.query.get("status") or "active"):
            return False
        if ask.query.get("type") not in {None, "", contract.right}:
            return False
        if ask.query.get("root_symbol") not in {None, "", contract.underlying.symbol}:
            return False
        return fits_strike(ask, contract) and self._fits_expiry(ask, contract.expiry)

    def _fits_expiry(self, ask: Ask, expiry: date) -> bool:
        exact, first, last = (_day(ask, f"expiration_date{end}") for end in ("", "_gte", "_lte"))
        if exact is not None:
            return expiry == exact
        if first is None and last is None:
            # Without a date, only what expires before the coming weekend.
            today = self._market.now().astimezone(NEW_YORK).date()
            last = today + timedelta(days=(5 - today.weekday()) % 7)
        return (first is None or expiry >= first) and (last is None or expiry <= last)

    def _contract(self, ask: Ask) -> Answer:
        found = self._catalogue.contract(ask.parts["symbol"])
        if found is None:
            raise not_found(f"option contract {ask.parts['symbol']} not found")
        return json_answer(found.wire())


def fits_strike(ask: Ask, contract: Contract) -> bool:
    """Whether the query's bounds of the strike price hold."""
    query = dict(ask.query)
    low, high = (read_amount(query, f"strike_price_{end}") for end in ("gte", "lte"))
    return (low is None or contract.strike >= low) and (high is None or contract.strike <= high)


def _in_time(ask: Ask, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    kept = list(rows)
    if after := ask.query.get("after"):
        kept = [r for r in kept if read_moment(r["transaction_time"]) > read_moment(after)]
    if until := ask.query.get("until"):
        kept = [r for r in kept if read_moment(r["transaction_time"]) < read_moment(until)]
    if day := ask.query.get("date"):
        kept = [r for r in kept if r["transaction_time"][:10] == day[:10]]
    return kept


def _day(ask: Ask, name: str) -> date | None:
    given = ask.query.get(name)
    return read_moment(given).date() if given else None
