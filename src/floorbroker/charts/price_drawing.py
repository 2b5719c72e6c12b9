"""Draws a `PriceChart`. Only a drawing process imports this: matplotlib is large."""

from typing import TYPE_CHECKING

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from floorbroker.charts import look
from floorbroker.domain.orders import Side

if TYPE_CHECKING:
    from floorbroker.charts.price import PriceChart

_PRICES = 520
_VOLUME = 110
_STRENGTH = 130


def png(chart: "PriceChart") -> bytes:
    """The finished picture."""
    volume = chart.volume and any(bar.volume for bar in chart.bars)
    parts = [_PRICES, *([_VOLUME] if volume else []), *([_STRENGTH] if chart.strength else [])]
    figure, axes = look.sheet(sum(parts) + 160, parts)
    colour = look.UP if chart.change >= 0 else look.DOWN
    last = look.plain(chart.bars[-1].close)
    look.title(
        figure, f"{chart.symbol} · {chart.span}", f"{last}   {look.percent(chart.change)}", colour
    )
    prices = axes[0]
    if chart.style.value == "candles":
        _candles(prices, chart)
    else:
        _line(prices, chart)
    _averages(prices, chart)
    _marks(prices, chart)
    prices.yaxis.set_major_locator(MaxNLocator(6))
    prices.yaxis.set_major_formatter(FuncFormatter(lambda value, _: look.plain(value)))
    if volume:
        _volume(axes[1], chart)
    if chart.strength:
        _strength(axes[-1], chart)
    places, labels = chart.labels()
    for one in axes:
        one.set_xlim(-1, len(chart.bars))
        one.set_xticks(places)
    axes[-1].set_xticklabels(labels)
    return look.png_of(figure)


def _colours(chart: "PriceChart") -> list[str]:
    return [look.UP if bar.close >= bar.open else look.DOWN for bar in chart.bars]


def _candles(axes: Axes, chart: "PriceChart") -> None:
    places = range(len(chart.bars))
    colours = _colours(chart)
    lows, highs = [float(b.low) for b in chart.bars], [float(b.high) for b in chart.bars]
    feet = [float(min(b.open, b.close)) for b in chart.bars]
    tops = [float(max(b.open, b.close)) for b in chart.bars]
    # A body without height would not be seen.
    least = (max(highs) - min(lows)) / 400 or 1e-9
    heights = [max(top - foot, least) for top, foot in zip(tops, feet, strict=True)]
    width = max(1.0, min(3.0, 300 / len(chart.bars)))
    axes.vlines(places, lows, highs, colors=colours, linewidth=look.points(width))
    axes.bar(places, heights, bottom=feet, width=0.7, color=colours, linewidth=0)


def _line(axes: Axes, chart: "PriceChart") -> None:
    closes = chart.closes
    lowest = min(closes)
    axes.plot(closes, color=look.LINE, linewidth=look.points(4))
    axes.fill_between(range(len(closes)), closes, lowest, color=look.LINE, alpha=0.12, linewidth=0)


def _averages(axes: Axes, chart: "PriceChart") -> None:
    lines = chart.averaged()
    for (length, values), colour in zip(lines, look.SERIES, strict=False):
        drawn = [float("nan") if value is None else value for value in values]
        axes.plot(drawn, color=colour, linewidth=look.points(3), label=f"average of {length}")
    if lines:
        axes.legend(
            loc="best", fontsize=look.points(look.SMALL), labelcolor=look.INK,
            facecolor=look.GROUND, edgecolor=look.GRID, framealpha=0.8,
        )  # fmt: skip


def _marks(axes: Axes, chart: "PriceChart") -> None:
    for side, shape, colour in ((Side.BUY, "^", look.UP), (Side.SELL, "v", look.DOWN)):
        placed = [(place, mark) for place, mark in chart.placed() if mark.side is side]
        if placed:
            axes.scatter(
                [place for place, _ in placed],
                [float(mark.price) for _, mark in placed],
                marker=shape, s=look.points(22) ** 2, color=colour,
                edgecolors=look.INK, linewidths=look.points(2.5), zorder=5,
            )  # fmt: skip


def _volume(axes: Axes, chart: "PriceChart") -> None:
    volumes = [float(bar.volume) for bar in chart.bars]
    axes.bar(range(len(volumes)), volumes, width=0.7, color=_colours(chart), alpha=0.55)
    axes.yaxis.set_major_locator(MaxNLocator(2))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: _short(value)))


def _strength(axes: Axes, chart: "PriceChart") -> None:
    drawn = [float("nan") if value is None else value for value in chart.strengths()]
    axes.plot(drawn, color=look.SERIES[2], linewidth=look.points(3))
    axes.axhspan(30, 70, color=look.GRID, alpha=0.35, linewidth=0)
    axes.set_ylim(0, 100)
    axes.set_yticks([30, 70])
    axes.text(
        0.01, 0.9, "RSI 14", transform=axes.transAxes, color=look.FAINT,
        fontsize=look.points(look.SMALL), va="top",
    )  # fmt: skip


def _short(value: float) -> str:
    for size, letter in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:.3g}{letter}"
    return f"{value:.3g}"
