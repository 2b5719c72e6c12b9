"""Two secrets, one of them checked by a validator that repeats what it was given."""

from pydantic import BaseModel, ConfigDict, SecretStr, field_validator


class ScriptedCredentials(BaseModel):
    """Extra fields are refused; a short key is refused with a message that quotes it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    api_key: SecretStr
    api_secret: SecretStr

    @field_validator("api_key")
    @classmethod
    def _long_enough(cls, key: SecretStr) -> SecretStr:
        if len(key.get_secret_value()) < 8:
            raise ValueError(f"{key.get_secret_value()} is too short")
        return key
