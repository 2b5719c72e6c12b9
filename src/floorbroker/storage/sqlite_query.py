"""The port's words in SQLite's. Pure: names are checked here, values are always bound.

The paths of `json_extract` stand in the SQL as text, since SQLite uses an expression index only
for the very same expression; so every name passes a strict pattern first.
"""
# ruff: noqa: S608  # see above: nothing else but checked names is put together

import json
import re
from typing import Final

from floorbroker.storage.documents import (
    AtLeast,
    AtMost,
    Below,
    Between,
    Condition,
    Document,
    EachOf,
    Index,
    OneOf,
    Where,
)

Statement = tuple[str, list[str | int]]
"""SQL, or a part of it, and the values that it binds, in order."""

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,59}", re.ASCII)
_PART: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,59}", re.ASCII)


def create_table(collection: str) -> str:
    """Makes the collection's table if there is none."""
    columns = "id TEXT PRIMARY KEY NOT NULL, document TEXT NOT NULL"
    return f"CREATE TABLE IF NOT EXISTS {_table(collection)} ({columns})"


def create_index(index: Index) -> tuple[str, str]:
    """The index's name in the database, where all tables share one space, and its definition."""
    name = f"{index.collection}.{_checked(index.name)}"
    kind = "UNIQUE INDEX" if index.unique else "INDEX"
    columns = ", ".join(_column(field) for field in index.fields)
    return name, f'CREATE {kind} "{name}" ON {_table(index.collection)} ({columns})'


def insert(collection: str, document: Document) -> Statement:
    """Adds a document."""
    sql = f"INSERT INTO {_table(collection)} (id, document) VALUES (?, ?)"
    return sql, [document["_id"], _text(document)]


def upsert(collection: str, document: Document) -> Statement:
    """Adds a document or replaces the one of its id."""
    sql, values = insert(collection, document)
    return f"{sql} ON CONFLICT (id) DO UPDATE SET document = excluded.document", values


def replace(collection: str, document: Document, where: Where) -> Statement:
    """Replaces a document if it still matches."""
    condition, values = _matches(where)
    sql = f"UPDATE {_table(collection)} SET document = ? WHERE id = ? AND {condition}"
    return sql, [_text(document), document["_id"], *values]


def increment(collection: str, document_id: str, field: str, by: int) -> Statement:
    """Adds to a number, in a document that is made if missing; returns the new number."""
    number, place = _column(field), f"'{_path(field)}'"
    sql = (
        f"INSERT INTO {_table(collection)} (id, document) VALUES (?, json_set(?, {place}, ?)) "
        "ON CONFLICT (id) DO UPDATE SET "
        f"document = json_set(document, {place}, coalesce({number}, 0) + ?) RETURNING {number}"
    )
    return sql, [document_id, _text({"_id": document_id}), by, by]


def delete(collection: str, where: Where) -> Statement:
    """Removes every match."""
    condition, values = _matches(where)
    return f"DELETE FROM {_table(collection)} WHERE {condition}", values


def find(collection: str, where: Where, order: tuple[str, int] | None, limit: int) -> Statement:
    """The documents that match, each in the first column."""
    most = max(limit, 0)  # a negative limit would mean all
    if order is None:
        condition, values = _matches(where)
        return f"SELECT document FROM {_table(collection)} WHERE {condition} LIMIT ?", [
            *values,
            most,
        ]
    field, direction = order
    # Several are merged as their indexes give them: none is read beyond those that are wanted.
    sql, values = _joined(
        " UNION ALL ",
        [
            (f"SELECT document, {_column(field)} FROM {_table(collection)} WHERE {sql}", values)
            for sql, values in map(_matches, _each(where))
        ],
    )
    return f"{sql} ORDER BY 2 {'DESC' if direction < 0 else 'ASC'} LIMIT ?", [*values, most]


def count(collection: str, where: Where, limit: int) -> Statement:
    """How many match, counting no further than `limit`."""
    sql, values = find(collection, where, None, limit)
    return f"SELECT COUNT(*) FROM ({sql})", values


def _each(where: Where) -> list[Where]:
    """As many as there are values that are each looked up by themselves."""
    for field, condition in where.items():
        if isinstance(condition, EachOf) and condition.values:
            return [{**where, field: value} for value in condition.values]
    return [where]


def _matches(where: Where) -> Statement:
    return (
        _joined(" AND ", [_condition(*each) for each in where.items()]) if where else ("TRUE", [])
    )


def _condition(field: str, condition: Condition) -> Statement:
    match condition:
        case None:
            return f"{_column(field)} IS NULL", []
        case str() | int():
            return _compared(field, "=", condition)
        case Below(value):
            return _upper(field, "<", value)
        case AtMost(value):
            return _upper(field, "<=", value)
        case AtLeast(value):
            return _compared(field, ">=", value)
        case Between(low, high):
            # A lower bound that is text keeps numbers out already, and the planner takes one only.
            end = _compared if isinstance(low, str) else _upper
            return _joined(" AND ", [_compared(field, ">=", low), end(field, "<", high)])
        case OneOf(values) | EachOf(values):
            return _one_of(field, values)
    raise TypeError(f"{type(condition).__name__} is no condition")


def _compared(field: str, operator: str, value: str | int) -> Statement:
    sql = f"{_column(field)} {operator} ?"
    if isinstance(value, str):
        return sql, [value]
    # json_extract turns truth values into 1 and 0, which are not the numbers 1 and 0 here.
    kind = "integer" if not isinstance(value, bool) else "true" if value else "false"
    return f"{sql} AND {_json_type(field)} = '{kind}'", [int(value)]


def _upper(field: str, operator: str, value: str | int) -> Statement:
    sql, values = _compared(field, operator, value)
    if isinstance(value, str):
        # SQLite sorts every number before every text; text is compared with text only.
        sql = f"{_column(field)} >= '' AND {sql}"
    return sql, values


def _one_of(field: str, values: tuple[str | int, ...]) -> Statement:
    texts = [value for value in values if isinstance(value, str)]
    numbers = [value for value in values if not isinstance(value, str)]
    choices: list[Statement] = []
    if texts or not numbers:
        choices.append((f"{_column(field)} IN ({_marks(texts)})", [*texts]))
    if numbers:
        sql = f"{_column(field)} IN ({_marks(numbers)}) AND {_json_type(field)} = 'integer'"
        choices.append((sql, [*numbers]))
    sql, bound = _joined(" OR ", choices)
    return f"({sql})", bound


def _joined(word: str, parts: list[Statement]) -> Statement:
    return word.join(sql for sql, _ in parts), [value for _, values in parts for value in values]


def _marks(values: list[str] | list[int]) -> str:
    return ", ".join("?" * len(values))


def _table(collection: str) -> str:
    return f'"{_checked(collection)}"'


def _column(field: str) -> str:
    """NULL where the field is missing or null."""
    return "id" if field == "_id" else f"json_extract(document, '{_path(field)}')"


def _json_type(field: str) -> str:
    return "'text'" if field == "_id" else f"json_type(document, '{_path(field)}')"


def _path(field: str) -> str:
    parts = field.split(".")
    if field == "_id" or not all(_PART.fullmatch(part) for part in parts):
        raise ValueError("A field is named by letters, digits and _, its parts joined by dots.")
    return "$." + ".".join(f'"{part}"' for part in parts)


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError("A collection or index is named by a-z, 0-9 and _.")
    return name


def _text(document: Document) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
