"""The form that a broker's credentials model asks for, and what comes back from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, StrEnum
from types import UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin
from urllib.parse import parse_qsl

from aiohttp import web
from pydantic import BaseModel, SecretBytes, SecretStr, ValidationError
from pydantic.fields import FieldInfo

from floorbroker.brokers.credential_fields import CredentialField, credential_fields

LONGEST_VALUE: Final = 4096
"""Characters, where the model sets no limit of its own."""

MOST_FIELDS: Final = 64
_FORM: Final = "application/x-www-form-urlencoded"
_PREFIX: Final = "field."
_ON: Final = "on"
_TYPED: Final = (str, SecretStr, SecretBytes, int, float, Decimal)


class Kind(StrEnum):
    """How a field looks."""

    SECRET = "password"  # noqa: S105  # what HTML calls it
    TEXT = "text"
    TICK = "checkbox"
    CHOICE = "select"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """One field of the page.

    Attributes:
        input: What it is called in the form.
        longest: In characters; only where one types.
        shortest: The same; 0 where any length will do.
        choices: Only where one chooses; the values are their own words.
        preset: What is chosen or ticked before anybody has; never a secret.
    """

    asked: CredentialField
    kind: Kind
    longest: int = LONGEST_VALUE
    shortest: int = 0
    choices: tuple[str, ...] = ()
    preset: str = ""

    @property
    def input(self) -> str:
        """See the class."""
        return f"{_PREFIX}{self.asked.name}"


def form_fields(model: type[BaseModel]) -> tuple[FormField, ...]:
    """The fields of `model`, in its order.

    Raises:
        TypeError: It asks for something that no form can hold.
    """
    return tuple(
        _form_field(field, model.model_fields[field.name]) for field in credential_fields(model)
    )


async def posted(request: web.Request) -> Mapping[str, str]:
    """What a form sent, each field once.

    Raises:
        web.HTTPException: It is no form, too large, or names a field twice.
    """
    if request.content_type != _FORM:
        raise web.HTTPUnsupportedMediaType
    body = await request.read()
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError:
        raise web.HTTPBadRequest from None
    if len(dict(pairs)) != len(pairs):
        raise web.HTTPBadRequest
    return dict(pairs)


def given(fields: tuple[FormField, ...], sent: Mapping[str, str]) -> dict[str, str]:
    """What the person entered, by the model's names; what was left empty is left out."""
    values: dict[str, str] = {}
    for field in fields:
        value = sent.get(field.input, "").strip()
        if field.kind is Kind.TICK:
            values[field.asked.name] = str(is_on(value)).lower()
        elif value:
            values[field.asked.name] = value
    return values


def is_on(value: str | None) -> bool:
    """Whether a box was ticked."""
    return value == _ON


def unreadable(
    model: type[BaseModel], fields: tuple[FormField, ...], values: Mapping[str, str]
) -> tuple[str, ...]:
    """Titles of the fields that the model does not take; nothing of what was entered.

    A fault of all of them together is told as all of them.
    """
    by_name = {field.asked.name: field.asked.title for field in fields}
    wrong = {
        name
        for name, value in values.items()
        if not value.isprintable() or len(value) > LONGEST_VALUE
    }
    try:
        model.model_validate(dict(values))
    except ValidationError as error:
        named = {str(entry["loc"][0]) for entry in error.errors() if entry["loc"]}
        wrong |= (named & by_name.keys()) or by_name.keys()
    return tuple(title for name, title in by_name.items() if name in wrong)


def _form_field(asked: CredentialField, info: FieldInfo) -> FormField:
    kind, facts = _plain(info.annotation)
    facts = (*facts, *info.metadata)
    if kind is bool:
        ticked = info.default is True
        return FormField(asked=asked, kind=Kind.TICK, preset=_ON if ticked else "")
    choices = _choices(kind)
    if choices:
        preset = info.default.value if isinstance(info.default, Enum) else info.default
        chosen = str(preset) if str(preset) in choices else ""
        return FormField(asked=asked, kind=Kind.CHOICE, choices=choices, preset=chosen)
    if not (isinstance(kind, type) and issubclass(kind, _TYPED)):
        raise TypeError(f"no form can ask for {asked.name}")
    longest = [length for fact in facts if (length := _length(fact, "max_length"))]
    return FormField(
        asked=asked,
        kind=Kind.SECRET if asked.secret else Kind.TEXT,
        longest=min([*longest, LONGEST_VALUE]),
        shortest=max((_length(fact, "min_length") for fact in facts), default=0),
    )


def _plain(annotation: Any) -> tuple[Any, tuple[Any, ...]]:
    """The type inside `Annotated[…]` and `… | None`, and what is said about it there."""
    if get_origin(annotation) is Annotated:
        inner, *facts = get_args(annotation)
        kind, more = _plain(inner)
        return kind, (*facts, *more)
    if get_origin(annotation) in (Union, UnionType):
        parts = [part for part in get_args(annotation) if part is not type(None)]
        return _plain(parts[0]) if len(parts) == 1 else (None, ())
    return annotation, ()


def _choices(kind: Any) -> tuple[str, ...]:
    if get_origin(kind) is Literal:
        return tuple(str(choice) for choice in get_args(kind))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return tuple(str(choice.value) for choice in kind)
    return ()


def _length(fact: Any, which: str) -> int:
    found = getattr(fact, which, None)
    return found if isinstance(found, int) else 0
