"""Where the pages are, and how a test reads them."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
DOCS: Final = ROOT / "docs"
README: Final = ROOT / "README.md"

_FENCE: Final = re.compile(r"^(```+|~~~+).*?^\1\s*$", re.MULTILINE | re.DOTALL)
_LINK: Final = re.compile(r"(?<!\\)\]\(<?([^)\s>]+)>?\)")
_CODE: Final = re.compile(r"`([^`\n]+)`")
_CELL: Final = re.compile(r"(?<!\\)\|")


def all_pages() -> list[Path]:
    """README, changelog and every page below docs/."""
    built = DOCS / "_build"
    below = (path for path in DOCS.rglob("*.md") if built not in path.parents)
    return [README, ROOT / "CHANGELOG.md", *sorted(below)]


def name_of(page: Path) -> str:
    """The page as a person names it: `docs/errors.md`."""
    return page.relative_to(ROOT).as_posix()


def links(text: str) -> list[str]:
    """Targets of links and pictures, code blocks left out."""
    return _LINK.findall(_FENCE.sub("", text))


def code_spans(text: str) -> list[str]:
    """Everything between single backticks, code blocks left out."""
    return _CODE.findall(_FENCE.sub("", text))


def rows(text: str, first_head: str) -> list[list[str]]:
    """The cells of the tables whose first column is called `first_head`."""
    found: list[list[str]] = []
    inside = False
    for line in text.splitlines():
        if not line.startswith("|"):
            inside = False
            continue
        cells = [cell.strip() for cell in _CELL.split(line)[1:-1]]
        if cells[0] == first_head:
            inside = True
        elif inside and not set(cells[0]) <= {"-", ":", " "}:
            found.append(cells)
    return found


def anchors(text: str) -> Iterator[str]:
    """The anchors of a page's headings, as GitHub and MyST make them."""
    for line in _FENCE.sub("", text).splitlines():
        if line.startswith("#"):
            words = line.lstrip("#").strip().lower()
            yield re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
