"""What OpenD answers where it does not do what it was asked for. Pure.

`retType` of each answer (the SDK's common/pb/Common.proto): 0 done, -1 failed, -100 time-out, -200
disconnected, -400 unknown, -500 no valid packet. The words are in `retMsg`; no list of them is
published. "Judge by retType and retMsg; errCode is for the log" (InitConnect.proto).
"""

from typing import Final

from floorbroker.brokers.shared.wire import Failure, sentence

FAILED: Final = -1

_UNSURE: Final = (
    *("timeout", "time out", "timed out", "overtime", "超时"),
    *("network", "disconnect", "connection", "网络", "断开"),
    *("system busy", "server busy", "try again", "internal error", "unknown error", "系统繁忙"),
)
"""Words of a failure on the way: none of them proves that an order was not taken (unverified)."""

_LOCKED: Final = ("unlock", "unlcok", "解锁")
"""github.com/FutunnOpen/futuquant/issues/134: "Not unlcok trade, please unlock first"."""

_TOO_OFTEN: Final = ("frequency", "frequent", "too often", "频率", "频繁")
_NO_SUCH_CODE: Final = ("unknown stock", "未知股票", "no such stock", "stock does not exist")
_NO_RIGHT: Final = ("no right", "quote right", "no permission", "权限", "subscription quota")
_LOGGED_OUT: Final = ("logged out", "not logged in", "not login", "未登录")


class Refusal(Failure):
    """OpenD's own answer with an error in it.

    Attributes:
        ret_type: See the module.
        message: OpenD's words, fit to be shown.
    """

    def __init__(self, ret_type: int, err_code: int, message: str) -> None:
        """`err_code` is for the log only."""
        super().__init__(f"retType {ret_type}, errCode {err_code}")
        self.ret_type = ret_type
        self.message = sentence(message)

    @property
    def proven(self) -> bool:
        """Whether nothing was carried out: OpenD or the server behind it refused."""
        return self.ret_type == FAILED and bool(self.message) and not self._says(_UNSURE)

    @property
    def of_the_lock(self) -> bool:
        """Whether OpenD takes no live orders until trading is unlocked in it."""
        return self.ret_type == FAILED and self._says(_LOCKED)

    @property
    def of_the_limit(self) -> bool:
        """Whether it was asked too often."""
        return self.ret_type == FAILED and self._says(_TOO_OFTEN)

    @property
    def of_the_code(self) -> bool:
        """Whether moomoo knows no such security."""
        return self.ret_type == FAILED and self._says(_NO_SUCH_CODE)

    @property
    def of_a_right(self) -> bool:
        """Whether these prices are not among what the person may see."""
        return self.ret_type == FAILED and self._says(_NO_RIGHT)

    @property
    def of_the_log_in(self) -> bool:
        """Whether OpenD itself is not logged in."""
        return self.ret_type == FAILED and self._says(_LOGGED_OUT)

    def _says(self, words: tuple[str, ...]) -> bool:
        said = self.message.lower()
        return any(word in said for word in words)


class Garbled(Failure):
    """An answer that is no message of OpenD's, or not about what was asked."""
