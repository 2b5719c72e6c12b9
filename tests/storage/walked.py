"""The collections that the files of `floorbroker.storage` name, read from their text."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TypeGuard

from floorbroker import storage

FOLDER: Final = Path(storage.__path__[0])
ENGINES: Final = {
    "__init__",
    "codec",
    "documents",
    "indexes",
    "metered",
    "mongo",
    "order_documents",
    "opening",
    "sqlite",
    "sqlite_file",
    "sqlite_query",
    "sqlite_thread",
    "personal",
    "backup_file",
    "whole",
}
"""Files that pass collections on and have none of their own."""


def collections_in(source: str) -> set[str]:
    """Every constant that a file gives as the collection of an index or of a call to the store."""
    tree = ast.parse(source)
    texts = dict(_constants(tree))
    found = set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        found |= {texts[one.id] for one in _given(node) if _is_named(one, texts)}
    return found


def all_collections() -> dict[str, set[str]]:
    """By the name of the file."""
    files = sorted(FOLDER.glob("*.py"))
    return {
        file.stem: collections_in(file.read_text()) for file in files if file.stem not in ENGINES
    }


def _is_named(one: ast.expr, texts: dict[str, str]) -> TypeGuard[ast.Name]:
    return isinstance(one, ast.Name) and one.id in texts


def _constants(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in tree.body:
        if (
            isinstance(node, ast.AnnAssign)
            and isinstance(node.target, ast.Name)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
        ):
            yield node.target.id, node.value.value


def _given(call: ast.Call) -> Iterator[ast.expr]:
    """The collection of `Index(collection=…)`, of `self._documents.find(…)`, of `self._save(…)`."""
    yield from (keyword.value for keyword in call.keywords if keyword.arg == "collection")
    if isinstance(call.func, ast.Attribute) and call.args:
        owner = call.func.value
        of_the_store = isinstance(owner, ast.Attribute) and owner.attr == "_documents"
        if of_the_store or (isinstance(owner, ast.Name) and owner.id == "self"):
            yield call.args[0]
