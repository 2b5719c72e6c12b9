"""What opens accounts at Webull: a key of one's own, or access from signing in."""

import re
from typing import Annotated, Any, Final

from pydantic import Field, SecretStr, field_validator

from floorbroker.brokers.shared.secret_fields import Secrets, a_token, fitting

_A_KEY: Final = fitting(r"[A-Za-z0-9_-]{8,128}", "an app key has letters and digits only")
_SECRET: Final = re.compile(r"[!-~]{8,256}", re.ASCII)
_Token = Annotated[SecretStr, a_token(8, 8192)]


class WebullCredentials(Secrets):
    """A key of the OpenAPI, or of its sandbox: each has its own.

    In every example a key and its secret have 32 hexadecimal digits; neither length nor alphabet is
    documented. What could not be sent in a header is refused.
    """

    app_key: Annotated[SecretStr, _A_KEY] = Field(
        title="App key",
        description="On Webull's website under API Management, once your application is approved.",
    )
    app_secret: SecretStr = Field(
        title="App secret",
        description="Beside the app key. If it is lost, reset it there.",
    )
    app_token: SecretStr | None = Field(
        default=None,
        title="Verified token",
        description="Only with two-factor authentication for the OpenAPI: see Webull's page here.",
    )
    """What the header `x-access-token` takes; it is no token of a person who signed in."""

    @field_validator("app_key", "app_secret", "app_token", mode="before")
    @classmethod
    def _without_the_space_around_it(cls, pasted: object) -> object:
        return (pasted.strip() or None) if isinstance(pasted, str) else pasted

    @field_validator("app_secret", "app_token")
    @classmethod
    def _a_secret(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and not _SECRET.fullmatch(secret.get_secret_value()):
            raise ValueError("a secret has no spaces and at least 8 characters")
        return secret


class WebullTokens(Secrets):
    """What signing in leads to: access for half an hour, and what renews it for 15 days."""

    access_token: _Token
    refresh_token: _Token


def present(option: Any) -> str:
    """The text of an operator's setting, secret or not; empty where it is not set."""
    return option.get_secret_value() if isinstance(option, SecretStr) else option or ""
