"""A small installation of one person."""

from typing import Any, Final

from floorbroker.config import Settings

OWNER: Final = "100000000000000001"
CANARY: Final = "canary-5b1f0c9d7e"
"""Stands for a secret, and is looked for in everything that is printed."""

HOME: Final = {
    "DEPLOYMENT_MODE": "single-user",
    "OWNER_ID": OWNER,
    "HOST": "127.0.0.1",
    "PORT": "0",
}
"""Complete but for the token."""


def at_home(**changes: Any) -> Settings:
    """Complete settings but for the token, so that nobody is asked."""
    return Settings(**{**{name.lower(): value for name, value in HOME.items()}, **changes})
