"""One look for every picture: readable on a light page, on a dark one, and on a phone.

The pictures bring their own dark ground, so that no theme can take their contrast away. Discord
shows them about 360 points wide on a phone: letters are drawn three times as large as they appear
there.
"""

from collections.abc import Sequence
from decimal import Decimal
from io import BytesIO
from textwrap import wrap
from typing import Final

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec

WIDTH: Final = 1080
"""Pixels, of every picture."""

LARGEST: Final = 300_000
"""Bytes."""

GROUND: Final = "#1b1d23"
INK: Final = "#e8eaed"
FAINT: Final = "#9aa0ab"
GRID: Final = "#353942"
UP: Final = "#2fb68c"
DOWN: Final = "#f0616d"
LINE: Final = "#6ea8fe"
SERIES: Final = ("#f2b24d", "#b58cf5", "#56c7e0", "#e88fb4")
"""For what is drawn over the price, one after another; told apart without red and green too."""

LETTERS: Final = 26
SMALL: Final = 22
_NOTE_LETTERS: Final = 56
"""So many make a line of a note; capitals and digits alone find room too."""

_NOTE_LINE: Final = 36
_NOTE_EDGE: Final = 18
_DOTS: Final = 100
"""Pixels an inch: sizes above are pixels, matplotlib's are points."""


def points(pixels: float) -> float:
    """Matplotlib's measure of so many pixels."""
    return pixels * 72 / _DOTS


def sheet(
    height: int, parts: Sequence[int], *, left: float = 0.03, right: float = 0.87, note: str = ""
) -> tuple[Figure, list[Axes]]:
    """An empty picture of so many pixels, its parts below each other in these proportions.

    `left` and `right` are the edges of the parts, as shares of the width. A note stands below
    them and makes the picture higher.
    """
    lines = wrap(note, _NOTE_LETTERS)
    foot = _NOTE_LINE * len(lines) + (_NOTE_EDGE if lines else 0)
    height += foot
    figure = Figure(figsize=(WIDTH / _DOTS, height / _DOTS), dpi=_DOTS, facecolor=GROUND)
    FigureCanvasAgg(figure)
    grid = GridSpec(
        len(parts), 1, figure=figure, height_ratios=parts, hspace=0.12,
        left=left, right=right, top=1 - 92 / height, bottom=(62 + foot) / height,
    )  # fmt: skip
    axes = [figure.add_subplot(grid[place]) for place in range(len(parts))]
    for place, one in enumerate(axes):
        _dress(one, lowest=place == len(axes) - 1)
    if lines:
        figure.text(
            0.03, foot / height, "\n".join(lines), color=FAINT, fontsize=points(LETTERS),
            va="top", linespacing=1.25,
        )  # fmt: skip
    return figure, axes


def _dress(axes: Axes, *, lowest: bool) -> None:
    axes.set_facecolor(GROUND)
    axes.grid(visible=True, axis="y", color=GRID, linewidth=points(1.5))
    axes.set_axisbelow(True)
    axes.yaxis.tick_right()
    axes.tick_params(colors=FAINT, labelsize=points(SMALL), length=0, pad=points(10))
    if not lowest:
        axes.tick_params(labelbottom=False)
    for spine in axes.spines.values():
        spine.set_visible(False)


def title(figure: Figure, text: str, right: str = "", colour: str = FAINT) -> None:
    """The heading, and beside it one figure that matters."""
    height = figure.get_figheight() * _DOTS
    at = 1 - 46 / height
    figure.text(0.03, at, text, color=INK, fontsize=points(34), weight="bold", va="center")
    figure.text(0.97, at, right, color=colour, fontsize=points(30), ha="right", va="center")


def png_of(figure: Figure) -> bytes:
    """The finished picture."""
    out = BytesIO()
    figure.savefig(out, format="png", facecolor=GROUND, metadata={"Software": None})
    return out.getvalue()


def plain(number: Decimal | float) -> str:
    """A price or an amount in as few digits as tell it."""
    size = abs(float(number))
    if size >= 1000:
        return f"{number:,.0f}" if size >= 10_000 else f"{number:,.1f}"
    if size >= 1:
        return f"{number:,.2f}"
    return f"{number:.4g}"


def percent(change: float) -> str:
    """With its sign."""
    return f"{change * 100:+.2f} %"
