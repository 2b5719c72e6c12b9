"""The address under which browsers reach this process."""

from dataclasses import dataclass
from ipaddress import ip_address
from typing import Self
from urllib.parse import urlsplit

from floorbroker.config import SettingsProblem


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicUrl:
    """`PUBLIC_URL` in its parts.

    Attributes:
        origin: Scheme, host and port, as browsers write them into `Origin`.
        host: What people see in the address bar: the name, and a port that is not the usual one.
        path: What a proxy puts in front of our own paths: empty as a rule, no slash at its end.
        secure: https; only a machine that talks to itself does without.
    """

    origin: str
    host: str
    path: str
    secure: bool

    @classmethod
    def parse(cls, text: str) -> Self:
        """From the setting.

        Raises:
            SettingsProblem: Browsers cannot be sent there, or would send keys in the clear.
        """
        try:
            parts = urlsplit(text)
            host, port = (parts.hostname or "").lower(), parts.port
        except ValueError:  # a port that is none
            raise _problem() from None
        more = parts.username is not None or parts.query or parts.fragment
        secure = parts.scheme == "https"
        if not host or port == 0 or more or not (secure or (parts.scheme == "http" and _own(host))):
            raise _problem()
        shown = f"[{host}]" if ":" in host else host
        if port not in (None, 443 if secure else 80):
            shown = f"{shown}:{port}"
        return cls(
            origin=f"{parts.scheme}://{shown}",
            host=shown,
            path=parts.path.rstrip("/"),
            secure=secure,
        )

    def of(self, path: str) -> str:
        """The full address of one of our own paths."""
        return f"{self.origin}{self.path}{path}"


def _problem() -> SettingsProblem:
    return SettingsProblem(
        "PUBLIC_URL: set the https address that leads to PORT, such as https://bot.example.com."
    )


def _own(host: str) -> bool:
    """Whether it is this machine: tests and a look at home, where nothing leaves it."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
