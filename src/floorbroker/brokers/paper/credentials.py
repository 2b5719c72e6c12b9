"""What linking the paper broker asks for: nothing."""

from pydantic import BaseModel, ConfigDict


class PaperCredentials(BaseModel):
    """Empty, so that the web form and the terminal prompt have nothing to ask."""

    model_config = ConfigDict(frozen=True, extra="forbid")
