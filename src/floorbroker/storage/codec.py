"""Domain values to JSON-like documents and back.

Decimals are plain digits (`100`, never `1E+2`), times fixed-width UTC text that sorts as time
does, enums their value, tuples and frozensets lists. Reading ignores a field that the type lacks
and gives a missing one its default: that is how documents age.
"""

import dataclasses
import json
import operator
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Final, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import SchemaValidator

from floorbroker.domain.errors import FloorbrokerError
from floorbroker.storage.documents import Document

_V = TypeVar("_V")
_Writer = Callable[[Any], Any]

_LARGEST_EXPONENT: Final = 60
"""Beyond any amount in the trade; `1E+400000000` would be 400 MB of digits."""

_NARROWER: Final[Mapping[str, Mapping[str, Any]]] = {
    "datetime": {"tz_constraint": "aware"},
    "decimal": {"max_digits": 2 * _LARGEST_EXPONENT},
}
"""By pydantic's word for a type."""

NEWEST_SCHEMA: Final = 1
"""The newest `schema_version` of any collection that this release reads.

It rises only where an older release would misread what is written: a new field with a default is
none of that.
"""


class UnreadableDocument(ValueError):
    """A stored document is not what its type says; names fields and problems, never values."""


def expect_known_version(document: Document) -> None:
    """Looks at the version of a stored document, before anything else of it is read.

    Raises:
        UnreadableDocument: A newer release wrote it; what its fields mean is not known here.
    """
    version = document.get("schema_version", 0)
    if not isinstance(version, int) or version > NEWEST_SCHEMA:
        raise UnreadableDocument(
            f"written by a newer version of floorbroker ({version}, this one reads {NEWEST_SCHEMA})"
        )


def to_document(value: object) -> Document:
    """The fields of a domain dataclass.

    Raises:
        TypeError: Something inside has no place in a document, a float above all.
        ValueError: A time without a zone, or a number that is not finite.
    """
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        raise TypeError(f"{type(value).__name__} is no domain value")
    document: Document = _written(value)
    return document


def from_document(kind: type[_V], document: Document) -> _V:
    """The domain value that `to_document` made `document` of; fields that it lacks are ignored.

    Raises:
        UnreadableDocument: A field is missing, of another type, a float, or a time without a zone;
            or a newer release wrote it.
    """
    expect_known_version(document)
    if _has_float(document):
        raise UnreadableDocument(f"{kind.__name__}: a float")
    try:
        # Strict, as JSON: text becomes a Decimal or a time, and nothing else is converted.
        value: _V = _reader(kind).validate_json(json.dumps(document), strict=True)
    except ValidationError as error:
        problems = error.errors(include_url=False, include_context=False, include_input=False)
        places = [f"{'.'.join(map(str, p['loc']))} ({p['type']})" for p in problems]
        # The values stay out of the message, and of the chain behind it.
        raise UnreadableDocument(f"{kind.__name__}: {', '.join(places)}") from None
    except (FloorbrokerError, ValueError) as error:
        raise UnreadableDocument(f"{kind.__name__}: {error}") from None
    return value


def time_text(moment: datetime) -> str:
    """`2026-11-21T12:00:00.000000Z`: as wide for every moment, so that text sorts as time does.

    Raises:
        ValueError: `moment` has no zone.
    """
    if moment.tzinfo is None:
        raise ValueError("A stored time has a zone.")
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return moment.isoformat(timespec="microseconds")[:-6] + "Z"


def _decimal_text(number: Decimal) -> str:
    if not number.is_finite() or abs(number.adjusted()) > _LARGEST_EXPONENT:
        raise ValueError("A stored number is finite and of a sensible size.")
    return format(number, "f")


def _has_float(value: object) -> bool:
    if type(value) is dict:
        return any(_has_float(part) for part in value.values())
    if type(value) is list:
        return any(_has_float(part) for part in value)
    return isinstance(value, float)


def _reader(kind: type) -> SchemaValidator:
    """Made of pydantic's own schema of the type, with what `to_document` refuses refused, too."""
    if kind not in _READERS:
        schema = TypeAdapter(kind).core_schema
        _READERS[kind] = SchemaValidator(_narrowed(schema))
    return _READERS[kind]


def _narrowed(schema: Any) -> Any:
    if isinstance(schema, dict):
        narrower = _NARROWER.get(str(schema.get("type")), {})
        return {**{name: _narrowed(part) for name, part in schema.items()}, **narrower}
    if isinstance(schema, list | tuple):
        return type(schema)(_narrowed(part) for part in schema)
    return schema


def _written(value: Any) -> Any:
    kind = type(value)
    if kind in _AS_IT_IS:
        return value
    if kind not in _WRITERS:
        _WRITERS[kind] = _writer(kind)
    return _WRITERS[kind](value)


def _writer(kind: type) -> _Writer:
    """How values of exactly this type are written."""
    if issubclass(kind, Enum):
        return lambda value: value.value
    if dataclasses.is_dataclass(kind):
        names = tuple(field.name for field in dataclasses.fields(kind))
        get = operator.attrgetter(*names)
        if len(names) == 1:
            return lambda value: {names[0]: _written(get(value))}
        # Most fields are text or empty: those are spared a call.
        return lambda value: {
            name: part if part is None or type(part) is str else _written(part)
            for name, part in zip(names, get(value), strict=True)
        }
    if issubclass(kind, Mapping):
        return _mapping
    raise TypeError(f"{kind.__name__} has no place in a document")


def _sequence(values: tuple[Any, ...] | list[Any]) -> list[Any]:
    return [_written(value) for value in values]


def _sorted(values: frozenset[Any]) -> list[Any]:
    return sorted(_sequence(tuple(values)))


def _mapping(values: Mapping[Any, Any]) -> Document:
    document = {_written(key): _written(value) for key, value in values.items()}
    if not all(type(key) is str for key in document):
        raise TypeError("The keys of a mapping are text.")
    return document


_AS_IT_IS: Final = frozenset({str, int, bool, type(None)})
_WRITERS: Final[dict[type, _Writer]] = {
    Decimal: _decimal_text,
    datetime: time_text,
    date: date.isoformat,
    tuple: _sequence,
    list: _sequence,
    frozenset: _sorted,
}
"""By exact type; domain types are added as they come by."""
_READERS: Final[dict[type, SchemaValidator]] = {}
