"""A message as Discord shows it, as lines of text."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

_MOMENT: Final = re.compile(r"<t:(\d+):R>")
_ESCAPED: Final = re.compile(r"\\([\\*_~`|>#\-\[\]()])")
_MARKS: Final = re.compile(r"^(?:### |-# )|\*\*|`", re.MULTILINE)

_TEXT, _BUTTON, _MENU = 10, 2, 3


def message_lines(components: Sequence[Mapping[str, Any]]) -> list[str]:
    """Every text, button and menu of a Components V2 message, in order."""
    lines: list[str] = []
    for component in components:
        lines += _lines(component)
    return lines


def _lines(component: Mapping[str, Any]) -> Iterator[str]:
    kind = component["type"]
    if kind == _TEXT:
        yield from _plain(component["content"]).splitlines()
    elif kind == _BUTTON:
        yield f"[{component['label']}]"
    elif kind == _MENU:
        for option in component["options"]:
            yield f"({option['value']}) {option['label']} · {option.get('description') or ''}"
    for child in component.get("components", ()):
        yield from _lines(child)


def _plain(text: str) -> str:
    unmarked = _MARKS.sub("", _ESCAPED.sub(_protect, text))
    return _MOMENT.sub(_moment, unmarked.replace("\0", ""))


def _protect(match: re.Match[str]) -> str:
    """An escaped mark is text: a zero byte keeps it from being taken for a mark."""
    mark = match[1]
    return mark if mark not in "*`" else f"\0{mark}\0"


def _moment(match: re.Match[str]) -> str:
    return datetime.fromtimestamp(int(match[1]), UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
