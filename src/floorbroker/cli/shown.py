"""A message as Discord shows it, as lines of text."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

Component = Mapping[str, Any]

BUTTON: Final = 2
MENU: Final = 3
_TEXT: Final = 10
_THUMBNAIL: Final = 11
_GALLERY: Final = 12
_FILE: Final = 13

_MOMENT: Final = re.compile(r"<t:(\d+):F> \(<t:\1:R>\)|<t:(\d+):[Rt]>")
"""How far away a moment is, or its date with that in brackets: a terminal shows the date once."""

_ESCAPED: Final = re.compile(r"\\([\\*_~`|>#\-\[\]()])")
_HIDDEN: Final = 0xE000
"""Where Unicode leaves room for everybody's own characters."""

_MARKS: Final = re.compile(r"^(?:### |-# )|\*\*|`", re.MULTILINE)


def message_lines(components: Sequence[Component]) -> list[str]:
    """Every text, picture, button and menu of a Components V2 message, in order."""
    return [line for component in parts(components) for line in _lines(component)]


def parts(components: Sequence[Component]) -> Iterator[Component]:
    """The components with all that they hold, each before its contents."""
    for component in components:
        yield component
        yield from parts(component.get("components", ()))
        accessory = component.get("accessory")
        if accessory is not None:
            yield from parts((accessory,))


def _lines(component: Component) -> Iterator[str]:
    kind = component["type"]
    if kind == _TEXT:
        yield from _plain(component["content"]).splitlines()
    elif kind == BUTTON:
        state = " (disabled)" if component.get("disabled") else ""
        link = f" {component['url']}" if component.get("url") else ""
        yield f"[{component.get('label') or ''}]{state}{link}"
    elif kind == MENU:
        for option in component["options"]:
            mark = " (chosen)" if option.get("default") else ""
            words = f"{option['label']} · {option.get('description') or ''}"
            yield f"({option['value']}) {words}{mark}"
    elif kind in {_THUMBNAIL, _FILE}:
        yield _picture(component)
    elif kind == _GALLERY:
        for item in component["items"]:
            yield _picture(item)


def _picture(holder: Component) -> str:
    media = holder.get("media") or holder.get("file") or {}
    return f"<{holder.get('description') or media.get('url', 'picture')}>"


def _plain(text: str) -> str:
    """Without marks; an escaped one is text, and hides while the others go."""
    hidden = _ESCAPED.sub(lambda match: chr(_HIDDEN + ord(match[1])), text)
    shown = _MOMENT.sub(_moment, _MARKS.sub("", hidden))
    return "".join(chr(ord(c) - _HIDDEN) if _HIDDEN <= ord(c) < _HIDDEN + 128 else c for c in shown)


def _moment(match: re.Match[str]) -> str:
    return datetime.fromtimestamp(int(match[1] or match[2]), UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
