"""What a broker's credentials model asks a person for; forms and prompts are made from it."""

from dataclasses import dataclass
from typing import get_args

from pydantic import BaseModel, SecretBytes, SecretStr


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialField:
    """One thing to type.

    Attributes:
        title: Its name for people.
        description: Where they find it; may be empty.
        secret: It is never shown, not even while it is typed.
        required: It may not be left empty.
    """

    name: str
    title: str
    description: str
    secret: bool
    required: bool


def credential_fields(model: type[BaseModel]) -> tuple[CredentialField, ...]:
    """The fields of `model` in its own order; none where the broker asks for nothing."""
    return tuple(
        CredentialField(
            name=name,
            title=info.title or name.replace("_", " ").capitalize(),
            description=info.description or "",
            secret=_is_secret(info.annotation),
            required=info.is_required(),
        )
        for name, info in model.model_fields.items()
    )


def _is_secret(annotation: object) -> bool:
    """Also inside `SecretStr | None` and `Annotated[SecretStr, …]`."""
    if isinstance(annotation, type) and issubclass(annotation, (SecretStr, SecretBytes)):
        return True
    return any(_is_secret(part) for part in get_args(annotation))
