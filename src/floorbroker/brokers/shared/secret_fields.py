"""What credentials are made of: text that is never shown, and that fits a header and a signature.

What could not be sent is refused before it is kept. No vendor documents lengths and alphabets well,
so that patterns are wide.
"""

import re
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, SecretStr

_TOKEN: Final = "a token has no spaces and at least {} characters"  # noqa: S105  # no token


class Secrets(BaseModel):
    """All that opens somebody's accounts at one broker; its errors hold nothing of it."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


def fitting(pattern: str, otherwise: str) -> AfterValidator:
    """That all of a secret is like `pattern`; `otherwise` says what it is like."""
    known = re.compile(pattern, re.ASCII)

    def check(secret: SecretStr) -> SecretStr:
        if not known.fullmatch(secret.get_secret_value()):
            raise ValueError(otherwise)
        return secret

    return AfterValidator(check)


def a_token(least: int, most: int) -> AfterValidator:
    """That a secret is a token of `least` to `most` characters."""
    return fitting(rf"[!-~]{{{least},{most}}}", _TOKEN.format(least))


def _stripped(pasted: object) -> object:
    return pasted.strip() if isinstance(pasted, str) else pasted


Pasted = Annotated[SecretStr, BeforeValidator(_stripped)]
"""Without the space that comes along from a page."""
