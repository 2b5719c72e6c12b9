"""Reads a page of ours as a browser without scripts would."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

_VOID: Final = {"meta", "link", "input", "img", "br", "hr"}
_UNSEEN: Final = {"script", "style", "title"}


@dataclass(frozen=True, slots=True)
class Control:
    """One input, select or box of a form."""

    tag: str
    attributes: Mapping[str, str | None]
    options: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.attributes.get("name") or ""

    @property
    def value(self) -> str:
        return self.attributes.get("value") or ""


@dataclass(slots=True)
class Page:
    """One answer.

    Attributes:
        url: Where it was.
        words: What can be read on it, with single blanks.
        controls: What its form holds, by name.
        resources: Whatever it loads or leads to.
    """

    status: int
    headers: Mapping[str, str]
    url: str
    text: str
    words: str = ""
    title: str = ""
    forms: int = 0
    controls: dict[str, Control] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    buttons: list[str] = field(default_factory=list)
    resources: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        if "html" in self.headers.get("Content-Type", ""):
            _Reader(self).feed(self.text)
            self.words = " ".join(self.words.split())


class _Reader(HTMLParser):
    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page
        self._open: list[str] = []
        self._label: str | None = None
        self._options: list[str] | None = None
        self._select: Mapping[str, str | None] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        assert len(attributes) == len(attrs), f"an attribute twice: {tag} {attrs}"
        assert not any(name.startswith("on") or name == "style" for name in attributes), attrs
        if tag not in _VOID:
            self._open.append(tag)
        self._page.resources += [
            value for name in ("src", "href", "action") if (value := attributes.get(name))
        ]
        match tag:
            case "form":
                self._page.forms += 1
                assert attributes.get("method") == "post"
            case "input":
                self._add(Control(tag, attributes))
            case "select":
                self._select, self._options = attributes, []
            case "label":
                self._label = attributes.get("for")
                self._page.labels[self._label or ""] = ""
            case "button":
                self._page.buttons.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"closed and not open: {tag}"
        last = self._open.pop()
        assert last == tag, f"{last} closed by {tag}"
        match tag:
            case "select":
                self._add(Control("select", self._select, tuple(self._options or ())))
                self._options = None
            case "label":
                self._label = None

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] == "title":
            self._page.title += data
        if self._open and self._open[-1] == "option" and self._options is not None:
            self._options.append(data.strip())
        if not set(self._open) & _UNSEEN:
            self._page.words += f"{data} "
        if self._label is not None:
            text = f"{self._page.labels[self._label]} {data}"
            self._page.labels[self._label] = " ".join(text.split())
        if self._open and self._open[-1] == "button":
            self._page.buttons[-1] += data.strip()

    def _add(self, control: Control) -> None:
        assert control.name not in self._page.controls, f"twice: {control.name}"
        self._page.controls[control.name] = control
