"""Every picture against the one that was looked at: `python -m tests.charts.remake` makes those."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Final

import pytest
from PIL import Image, ImageChops, ImageColor, ImageStat

from floorbroker.charts import look
from floorbroker.charts.allocation import AllocationChart
from floorbroker.charts.equity import EquityChart
from floorbroker.domain.modes import Environment
from tests.charts.drawings import DRAWINGS, allocation, candles, equity, equity_of_several

REFERENCE: Final = Path(__file__).parent / "reference"
_MOST_APART: Final = 6.0
"""Of 255, as the root of the mean square: other versions of the letters, never other figures."""


def apart(one: bytes, other: bytes) -> float:
    """How far two pictures of the same size are from each other, 0 to 255."""
    first, second = (Image.open(BytesIO(png)).convert("RGB") for png in (one, other))
    assert first.size == second.size
    return max(ImageStat.Stat(ImageChops.difference(first, second)).rms)


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_picture_looks_as_it_did_when_it_was_looked_at(name: str) -> None:
    png = DRAWINGS[name].png()

    assert apart(png, (REFERENCE / f"{name}.png").read_bytes()) < _MOST_APART


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_picture_is_small_enough_for_a_phone_s_connection(name: str) -> None:
    assert len(DRAWINGS[name].png()) < look.LARGEST


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_picture_says_in_words_what_it_shows(name: str) -> None:
    drawing = DRAWINGS[name]

    assert 40 < len(drawing.alt) <= 1024
    assert drawing.name.endswith(".png")


def test_another_figure_is_another_picture() -> None:
    reference = (REFERENCE / "candles.png").read_bytes()
    other = (REFERENCE / "line.png").read_bytes()
    same_size = Image.open(BytesIO(other)).resize(Image.open(BytesIO(reference)).size)
    out = BytesIO()
    same_size.save(out, "png")

    assert apart(reference, out.getvalue()) > 2 * _MOST_APART


def test_the_words_hold_the_figures() -> None:
    chart = candles()

    assert f"from {chart.bars[0].open} to {chart.bars[-1].close}" in chart.alt
    assert "2 of your fills are marked" in chart.alt
    assert "Cash 36.7 %" in allocation().alt
    assert "3 others" in allocation().alt
    assert f"to {equity().points[-1].value:,.2f} USD" in equity().alt


def test_the_words_and_the_heading_hold_whose_money_it_is_and_what_is_left_out() -> None:
    paper, several, divided = equity(), equity_of_several(), allocation()

    assert paper.title == "PAPER equity · 3 months"
    assert divided.title == "LIVE allocation"
    assert paper.alt.startswith("PAPER equity, 3 months: ")
    assert divided.alt.startswith("LIVE allocation of 21,790.00 USD: ")
    assert several.alt.endswith(" " + several.note)
    assert divided.alt.endswith(" " + divided.note)


@pytest.mark.parametrize("drawing", [equity_of_several(), allocation()])
def test_whose_money_it_is_and_what_is_left_out_is_drawn(
    drawing: EquityChart | AllocationChart,
) -> None:
    said, unsaid = drawing.png(), replace(drawing, note="").png()
    other = replace(drawing, environment=Environment.PAPER)

    heights = [Image.open(BytesIO(png)).height for png in (said, unsaid)]

    assert heights[0] > heights[1]
    assert ImageChops.difference(*(_heading(png) for png in (said, other.png()))).getbbox()
    assert not ImageChops.difference(*(_heading(png) for png in (said, unsaid))).getbbox()


def test_a_note_of_capitals_and_digits_alone_stays_within_the_picture() -> None:
    wide = "NVDA261218C00200000 BRK.B " * 8

    png = replace(allocation(), note=wide).png()

    picture = Image.open(BytesIO(png)).convert("RGB")
    right = picture.crop((picture.width - 12, 0, picture.width, picture.height))
    assert right.getcolors() == [(12 * picture.height, ImageColor.getrgb(look.GROUND))]


def _heading(png: bytes) -> Image.Image:
    return Image.open(BytesIO(png)).convert("RGB").crop((0, 0, look.WIDTH // 2, 80))
