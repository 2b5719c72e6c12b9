"""Rewrites the parts of the documentation that are made from the code.

python -m tests.docs.remake
"""

import sys

from tests.docs.generated import PARTS, part, with_part
from tests.docs.pages import name_of


def main() -> int:
    """Writes what is out of step and says which pages those were."""
    for (page, name), make in PARTS.items():
        text = page.read_text()
        remade = with_part(text, name, make(part(text, name)))
        if remade != text:
            page.write_text(remade)
            sys.stdout.write(f"{name_of(page)}: {name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
