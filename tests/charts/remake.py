"""`python -m tests.charts.remake` draws the references anew; look at them before you keep them."""

from tests.charts.drawings import DRAWINGS
from tests.charts.test_pictures import REFERENCE


def main() -> None:
    """Writes each of them."""
    REFERENCE.mkdir(exist_ok=True)
    for name, drawing in DRAWINGS.items():
        (REFERENCE / f"{name}.png").write_bytes(drawing.png())


if __name__ == "__main__":
    main()
