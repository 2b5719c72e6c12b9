"""What linking Interactive Brokers asks for: nothing. The login is TWS's or IB Gateway's own."""

from pydantic import BaseModel, ConfigDict


class IbkrCredentials(BaseModel):
    """Empty: where the gateway is, the operator's settings say."""

    model_config = ConfigDict(frozen=True, extra="forbid")
