"""What the keyed exchange asks for."""

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class KeyedCredentials(BaseModel):
    """Two fields, one of them secret."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    api_key: str = Field(title="API key", min_length=3, max_length=40, pattern=r"^[A-Za-z0-9-]+$")
    api_secret: SecretStr = Field(title="API secret", min_length=3, max_length=80)
