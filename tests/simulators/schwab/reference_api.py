"""Market hours, and the search for instruments."""

import re
from datetime import date
from typing import Any, Final

from tests.simulators.schwab.asking import Answer, Ask, Route, json_answer
from tests.simulators.schwab.hours import NEW_YORK, equity_hours, option_hours
from tests.simulators.schwab.instruments import Listing, Share
from tests.simulators.schwab.market import Market
from tests.simulators.schwab.refusals import bad_request, not_found

_MARKETS: Final = {"equity": equity_hours, "option": option_hours}
_CLOSED: Final = frozenset({"bond", "future", "forex"})
_PROJECTIONS: Final = frozenset(
    {"symbol-search", "symbol-regex", "desc-search", "desc-regex", "search", "fundamental"}
)


class ReferenceApi:
    """Equity and option hours; the other markets are known and have none here."""

    def __init__(self, market: Market, listing: Listing) -> None:
        """Over what is listed."""
        self._market = market
        self._listing = listing

    def routes(self) -> list[Route]:
        """All of them."""
        return [
            Route("GET", "/marketdata/v1/markets", self._hours),
            Route("GET", "/marketdata/v1/markets/{market}", self._one_market),
            Route("GET", "/marketdata/v1/instruments", self._search),
            Route("GET", "/marketdata/v1/instruments/{cusip}", self._by_cusip),
        ]

    def _hours(self, ask: Ask) -> Answer:
        names = ask.words("markets")
        if not names:
            raise bad_request("markets is required", parameter="markets")
        return self._shown(ask, names)

    def _one_market(self, ask: Ask) -> Answer:
        return self._shown(ask, [ask.parts["market"]])

    def _shown(self, ask: Ask, names: list[str]) -> Answer:
        if set(names) - _CLOSED - set(_MARKETS):
            raise bad_request("invalid market", parameter="markets")
        day = self._market.now().astimezone(NEW_YORK).date()
        if given := ask.query.get("date"):
            try:
                day = date.fromisoformat(given)
            except ValueError as error:
                raise bad_request("invalid date", parameter="date") from error
        return json_answer({n: _MARKETS[n](day) if n in _MARKETS else {} for n in names})

    def _search(self, ask: Ask) -> Answer:
        projection, wanted = ask.query.get("projection"), ask.query.get("symbol", "")
        if projection not in _PROJECTIONS or not wanted:
            raise bad_request("symbol and projection are required", parameter="projection")
        shares = [s for s in self._listing.shares.values() if _fits(s, projection, wanted)]
        rows = [_row(share) for share in shares]
        if projection == "fundamental":
            rows = [{**row, "fundamental": {"symbol": row["symbol"]}} for row in rows]
        return json_answer({"instruments": rows})

    def _by_cusip(self, ask: Ask) -> Answer:
        for share in self._listing.shares.values():
            if share.cusip == ask.parts["cusip"]:
                return json_answer(_row(share))
        raise not_found()


def _fits(share: Share, projection: str, wanted: str) -> bool:
    if projection in {"symbol-search", "fundamental"}:
        return share.symbol in wanted.split(",")
    if projection in {"symbol-regex", "search"}:
        return re.fullmatch(wanted, share.symbol) is not None
    if projection == "desc-regex":
        return re.search(wanted, share.description) is not None
    return wanted.lower() in share.description.lower()


def _row(share: Share) -> dict[str, Any]:
    return {
        "cusip": share.cusip,
        "symbol": share.symbol,
        "description": share.description,
        "exchange": share.exchange,
        "assetType": "ETF" if share.is_fund else "EQUITY",
    }
