"""Who raises what: found in the code, so that the page of errors is true."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from floorbroker.domain import errors
from floorbroker.domain.error_codes import ErrorCode

_SOURCE: Final = Path(errors.__file__).parents[1]
_ONLY_TELL: Final = frozenset({
    "domain/error_codes.py", "domain/error_words.py", "domain/errors.py",
    "services/alert_looks.py", "services/link_health.py", "services/renewals.py", "web/notices.py",
})  # fmt: skip
"""Files that name codes in order to tell of them."""


@cache
def raisers() -> dict[ErrorCode, set[str]]:
    """By code: files under the package that make such an error, or give a failure that code."""
    kinds = {
        name: kind.code
        for name, kind in vars(errors).items()
        if isinstance(kind, type) and issubclass(kind, errors.FloorbrokerError)
    }
    found: dict[ErrorCode, set[str]] = {code: set() for code in ErrorCode}
    for path in sorted(_SOURCE.rglob("*.py")):
        where = path.relative_to(_SOURCE).as_posix()
        for name in _made(ast.parse(path.read_text())):
            if name in kinds:
                found[kinds[name]].add(where)
            elif name in ErrorCode.__members__ and where not in _ONLY_TELL:
                found[ErrorCode[name]].add(where)
    return found


def _made(tree: ast.AST) -> Iterator[str]:
    """Names that are called or raised, and codes that are named outside of a comparison."""
    compared = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare)
        for part in ast.walk(node)
    }
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name)) | ast.Raise(exc=ast.Name(id=name)):
                yield name
            case ast.Attribute(value=ast.Name(id="ErrorCode"), attr=name):
                if id(node) not in compared:
                    yield name
            case _:
                pass


def brokers_of(code: ErrorCode) -> set[str]:
    """Folders of brokers whose own code raises it."""
    parts = [where.split("/") for where in raisers()[code]]
    return {one[1] for one in parts if one[0] == "brokers" and len(one) > 2}
