"""schwab-py's asynchronous client, which says here what to ask; asking is `line.py`'s.

Its addresses, its names of parameters and its way of writing times are used. What it does with
requests is not: its host stands in its code, it logs whole answers, and its session (authlib's)
would renew tokens by itself and take any JSON object for one. So there is no session of authlib's
here, and nothing that could renew a token.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from schwab.client import AsyncClient


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request, without the host and without the access.

    Attributes:
        json: The body, or None.
    """

    method: str
    path: str
    params: Mapping[str, Any] = field(default_factory=dict)
    json: Any = None


class Words(AsyncClient):  # type: ignore[misc] # schwab-py has no types
    """Every method of schwab-py's client returns what to ask, at once, instead of asking it."""

    def __init__(self) -> None:
        """No key: the library would keep it for the life of the process."""
        super().__init__("floorbroker", SimpleNamespace(), enforce_enums=False)

    def _get_request(self, path: str, params: Mapping[str, Any]) -> Asked:
        return Asked(method="GET", path=path, params=dict(params))

    def _post_request(self, path: str, data: Any) -> Asked:
        return Asked(method="POST", path=path, json=data)

    def _put_request(self, path: str, data: Any) -> Asked:
        return Asked(method="PUT", path=path, json=data)

    def _delete_request(self, path: str) -> Asked:
        return Asked(method="DELETE", path=path)
