"""Draws an `EquityChart`. Only a drawing process imports this: matplotlib is large."""

from typing import TYPE_CHECKING

from matplotlib.ticker import FuncFormatter, MaxNLocator

from floorbroker.charts import look

if TYPE_CHECKING:
    from floorbroker.charts.equity import EquityChart


def png(chart: "EquityChart") -> bytes:
    """The finished picture."""
    figure, (axes,) = look.sheet(620, [1], note=chart.note)
    colour = look.UP if chart.change >= 0 else look.DOWN
    last = f"{chart.points[-1].value:,.2f} {chart.currency}"
    look.title(figure, chart.title, f"{last}   {look.percent(chart.change)}", colour)
    moments = [point.at.timestamp() for point in chart.points]
    values = [float(point.value) for point in chart.points]
    axes.plot(moments, values, color=colour, linewidth=look.points(4))
    axes.fill_between(moments, values, min(values), color=colour, alpha=0.12, linewidth=0)
    axes.yaxis.set_major_locator(MaxNLocator(6))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: look.plain(value)))
    places, labels = chart.labels()
    axes.set_xticks([place.timestamp() for place in places], labels)
    return look.png_of(figure)
