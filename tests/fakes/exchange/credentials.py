"""Nothing to enter: links of tests hold no credential."""

from pydantic import BaseModel, ConfigDict


class ExchangeCredentials(BaseModel):
    """Empty."""

    model_config = ConfigDict(frozen=True, extra="forbid")
