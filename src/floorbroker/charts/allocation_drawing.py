"""Draws an `AllocationChart`. Only a drawing process imports this: matplotlib is large."""

from typing import TYPE_CHECKING

from floorbroker.charts import look

if TYPE_CHECKING:
    from floorbroker.charts.allocation import AllocationChart

_LINE = 62


def png(chart: "AllocationChart") -> bytes:
    """The finished picture."""
    shares = chart.named()
    figure, (axes,) = look.sheet(
        _LINE * len(shares) + 130, [1], left=0.21, right=0.84, note=chart.note
    )
    look.title(figure, chart.title, f"{chart.whole:,.2f} {chart.currency}", look.INK)
    parts = [float(share.value / chart.whole) for share in shares]
    places = range(len(shares), 0, -1)
    axes.barh(places, parts, height=0.62, color=look.LINE, linewidth=0)
    axes.grid(visible=False)
    axes.set_xticks([])
    axes.set_yticks(list(places), [_cut(share.name) for share in shares])
    axes.yaxis.tick_left()
    axes.tick_params(axis="y", colors=look.INK, labelsize=look.points(look.LETTERS))
    for place, part in zip(places, parts, strict=True):
        axes.text(
            part + max(parts) * 0.015, place, f"{part * 100:.1f} %", va="center",
            color=look.INK, fontsize=look.points(look.LETTERS),
        )  # fmt: skip
    return look.png_of(figure)


def _cut(name: str) -> str:
    return name if len(name) <= 12 else f"{name[:11]}…"
