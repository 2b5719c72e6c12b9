"""Subscriptions, quotes, snapshots, order books, and their pushes.

Sources: https://openapi.moomoo.com/futu-api-doc/en/intro/authority.html (quotas) and the comments
of `common/pb/Qot_Sub.proto`. The refusals' words are unverified.
"""

from collections.abc import Callable, Iterable
from typing import Any, Final

from tests.simulators.opend import quotes_drawing as drawing
from tests.simulators.opend.asking import Answer, Asked, Handlers, Refusal
from tests.simulators.opend.connection import Connection
from tests.simulators.opend.instruments import US, Listing, Security
from tests.simulators.opend.market import Market, Quote
from tests.simulators.opend.vendor import messages

BASIC: Final = 1
BOOK: Final = 2
_SNAPSHOTS: Final = 400


class QuotesApi:
    """Qot_Sub, Qot_GetSubInfo, Qot_GetBasicQot, Qot_GetOrderBook, Qot_GetSecuritySnapshot.

    Attributes:
        quota: How many subscriptions OpenD has, of all its connections.
        rights: Whether there is a right to US quotes.
    """

    def __init__(
        self, market: Market, listing: Listing, connections: Callable[[], Iterable[Connection]]
    ) -> None:
        """With rights."""
        self.quota = 100
        self.rights = True
        self._market = market
        self._listing = listing
        self._connections = connections

    def handlers(self) -> Handlers:
        """By name."""
        return {
            "Qot_Sub": self._subscribe,
            "Qot_GetSubInfo": self._subscriptions,
            "Qot_GetBasicQot": self._quotes,
            "Qot_GetOrderBook": self._book,
            "Qot_GetSecuritySnapshot": self._snapshots,
        }

    def push(self, code: str) -> None:
        """Tells those who have subscribed to it with push."""
        for connection in self._connections():
            self._push_to(connection, code, connection.pushed.get(code, set()))

    def used(self) -> int:
        """Subscriptions of all connections."""
        return sum(_count(connection) for connection in self._connections())

    def _push_to(self, connection: Connection, code: str, kinds: Iterable[int]) -> None:
        quote = self._market.quotes.get(code)
        if quote is None:
            return
        security = self._listing.all[code]
        if BASIC in kinds:
            s2c = messages("Qot_UpdateBasicQot").S2C()
            s2c.basicQotList.append(drawing.basic(security, quote, self._market))
            connection.push("Qot_UpdateBasicQot", s2c)
        if BOOK in kinds:
            name = "Qot_UpdateOrderBook"
            connection.push(name, drawing.book(security, quote, self._market, name))

    def _subscribe(self, asked: Asked) -> Answer:
        c2s, connection = asked.c2s, asked.connection
        if c2s.isUnsubAll:
            connection.subscriptions.clear()
            connection.pushed.clear()
            return Answer()
        codes = [self._listing.at(one).code for one in c2s.securityList]
        kinds = set(c2s.subTypeList)
        if not c2s.isSubOrUnSub:
            for code in codes:
                for kept in (connection.subscriptions, connection.pushed):
                    kept.get(code, set()).difference_update(kinds)
            return Answer()
        self._check_rights()
        if self.used() + len(codes) * len(kinds) > self.quota:
            raise Refusal("Insufficient subscription quota")
        for code in codes:
            connection.subscriptions.setdefault(code, set()).update(kinds)
            if c2s.isRegOrUnRegPush:
                connection.pushed.setdefault(code, set()).update(kinds)
        if not (c2s.isFirstPush and c2s.isRegOrUnRegPush):
            return Answer()

        def first() -> None:
            for code in codes:
                self._push_to(connection, code, kinds)

        return Answer(then=first)

    def _subscriptions(self, asked: Asked) -> Answer:
        used = self.used()
        s2c = messages("Qot_GetSubInfo").S2C(
            totalUsedQuota=used, remainQuota=max(self.quota - used, 0)
        )
        for connection in self._connections():
            own = connection is asked.connection
            if not own and not asked.c2s.isReqAllConn:
                continue
            info = s2c.connSubInfoList.add(usedQuota=_count(connection), isOwnConnData=own)
            for kind in sorted({k for kinds in connection.subscriptions.values() for k in kinds}):
                sub = info.subInfoList.add(subType=kind)
                for code, kinds in connection.subscriptions.items():
                    if kind in kinds:
                        sub.securityList.add(market=US, code=code.partition(".")[2])
        return Answer(s2c)

    def _quotes(self, asked: Asked) -> Answer:
        s2c = messages("Qot_GetBasicQot").S2C()
        for security in asked.c2s.securityList:
            found = self._subscribed(asked, security, BASIC)
            s2c.basicQotList.append(drawing.basic(found, self._quote(found), self._market))
        return Answer(s2c)

    def _book(self, asked: Asked) -> Answer:
        found = self._subscribed(asked, asked.c2s.security, BOOK)
        return Answer(drawing.book(found, self._quote(found), self._market, "Qot_GetOrderBook"))

    def _snapshots(self, asked: Asked) -> Answer:
        self._check_rights()
        if len(asked.c2s.securityList) > _SNAPSHOTS:
            raise Refusal("At most 400 securities for each request")
        s2c = messages("Qot_GetSecuritySnapshot").S2C()
        for security in asked.c2s.securityList:
            found = self._listing.at(security)
            s2c.snapshotList.append(drawing.snapshot(found, self._quote(found), self._market))
        return Answer(s2c)

    def _subscribed(self, asked: Asked, security: Any, kind: int) -> Security:
        found = self._listing.at(security)
        if kind not in asked.connection.subscriptions.get(found.code, set()):
            raise Refusal(f"Please subscribe to {found.code} first")
        return found

    def _quote(self, security: Security) -> Quote:
        return self._market.quotes.get(security.code) or Quote(at=self._market.now())

    def _check_rights(self) -> None:
        if not self.rights:
            raise Refusal("No right to get the quote of the US market")


def _count(connection: Connection) -> int:
    return sum(len(kinds) for kinds in connection.subscriptions.values())
