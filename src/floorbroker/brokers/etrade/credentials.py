"""What opens accounts at E*TRADE: a token from signing in, until midnight in New York."""

from typing import Annotated

from pydantic import AwareDatetime, SecretStr

from floorbroker.brokers.shared.secret_fields import Secrets, a_token

_Token = Annotated[SecretStr, a_token(8, 512)]


class EtradeTokens(Secrets):
    """What signing in leads to: the access token of OAuth 1.0a, with its own secret.

    Attributes:
        granted_at: The token ends at the midnight after it, whatever is renewed.
        renewed_at: Changes with every renewal, as the token itself does not.
    """

    access_token: _Token
    access_token_secret: _Token
    granted_at: AwareDatetime
    renewed_at: AwareDatetime
