"""A drawn picture, and what says the same to whoever cannot see it."""

from dataclasses import dataclass, field
from typing import Protocol


class Drawing(Protocol):
    """What can be drawn: values only, so that another process can do it."""

    @property
    def name(self) -> str:
        """The picture's file name."""
        ...

    @property
    def alt(self) -> str:
        """The picture in a sentence or two, for screen readers; at most 1,024 characters."""
        ...

    def png(self) -> bytes:
        """The picture; takes some tenths of a second of a processor."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A PNG with its file name and its words."""

    name: str
    alt: str
    png: bytes = field(repr=False)


class PictureFailed(Exception):
    """There is no picture; what it was to show is not affected. The message says why."""
