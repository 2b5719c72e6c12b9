"""What opens accounts at Webull: a key of one's own, or access from signing in."""

import re
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

_KEY: Final = re.compile(r"[A-Za-z0-9_-]{8,128}", re.ASCII)
_SECRET: Final = re.compile(r"[!-~]{8,256}", re.ASCII)
_TOKEN: Final = re.compile(r"[!-~]{8,8192}", re.ASCII)


class WebullCredentials(BaseModel):
    """A key of the OpenAPI, or of its sandbox: each has its own.

    In every example a key and its secret have 32 hexadecimal digits; neither length nor alphabet is
    documented. What could not be sent in a header is refused.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    app_key: SecretStr = Field(
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

    @field_validator("app_key")
    @classmethod
    def _a_key(cls, key: SecretStr) -> SecretStr:
        if not _KEY.fullmatch(key.get_secret_value()):
            raise ValueError("an app key has letters and digits only")
        return key

    @field_validator("app_secret", "app_token")
    @classmethod
    def _a_secret(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and not _SECRET.fullmatch(secret.get_secret_value()):
            raise ValueError("a secret has no spaces and at least 8 characters")
        return secret


class WebullTokens(BaseModel):
    """What signing in leads to: access for half an hour, and what renews it for 15 days."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    access_token: SecretStr
    refresh_token: SecretStr

    @field_validator("access_token", "refresh_token")
    @classmethod
    def _a_token(cls, token: SecretStr) -> SecretStr:
        if not _TOKEN.fullmatch(token.get_secret_value()):
            raise ValueError("a token has no spaces and at least 8 characters")
        return token


def present(option: Any) -> str:
    """The text of an operator's setting, secret or not; empty where it is not set."""
    return option.get_secret_value() if isinstance(option, SecretStr) else option or ""
