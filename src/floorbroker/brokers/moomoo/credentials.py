"""What linking Moomoo asks for: nothing. OpenD is logged in by hand, and locked by its owner."""

from pydantic import BaseModel, ConfigDict


class MoomooCredentials(BaseModel):
    """Empty, so that the web form and the terminal prompt have nothing to ask."""

    model_config = ConfigDict(frozen=True, extra="forbid")
