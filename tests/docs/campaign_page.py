"""The campaign's table: every row with what its last full run reached."""

from typing import Any

from tests.campaign.row import Row
from tests.campaign.rows import ROWS
from tests.campaign.table import kept


def campaign_table() -> str:
    """One line a row."""
    reached = kept()
    lines = [
        "| Campaign | Row | Reached | Passes when | Figures |",
        "| --- | --- | --- | --- | --- |",
        *(_line(row, reached.get(row.name)) for row in ROWS),
    ]
    return "\n".join(lines) + "\n"


def _line(row: Row, entry: dict[str, Any] | None) -> str:
    if entry is None:
        size, figures = f"not run yet: {row.goal:,} {row.unit}", ""
    else:
        verdict = "**broken**" if entry["broken"] else "held"
        size = f"{entry['trials']:,} {row.unit}, {verdict}"
        if entry["trials"] < row.goal:
            size += f" (of {row.goal:,})"
        figures = "; ".join(f"{name} {figure}" for name, figure in entry["figures"].items())
        figures += f" ({entry['seconds']:,} s)"
    cells = (row.what, f"`{row.name}`", size, row.passes_when, figures)
    return f"| {' | '.join(cell.replace('|', '/').strip() for cell in cells)} |"
