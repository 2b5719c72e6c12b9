"""Two tenants on one bot, whatever they do and in whatever order: nobody reaches the other's.

Three models share the steps: orders on the services, links and sealed credentials on the services,
and everything on cards and through every call of every service, on the whole application.
"""

from typing import Final

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.campaign.row import Reached, Row
from tests.campaign.tenants.cards import Cards
from tests.campaign.tenants.links import Links
from tests.campaign.tenants.machine import Machine
from tests.campaign.tenants.orders import Orders

_MODELS: Final[tuple[type[Machine], ...]] = (Orders, Links, Cards)
_STEPS: Final = 25
"""Of one life of two people; then two others begin."""

_LIVES: Final = 8
"""At least so many: hypothesis spends the first on whatever is simplest."""


def _lived(model: type[Machine], steps: int, chance: int) -> int:
    """Lets a model take so many steps, or a few more; how many it took."""
    before = Machine.steps
    a_life = min(_STEPS, max(5, steps // _LIVES))
    run_state_machine_as_test(
        seed(chance)(model),
        settings=settings(
            max_examples=max(_LIVES, -(-steps // a_life)),
            stateful_step_count=a_life,
            deadline=None,
            database=None,
            phases=[Phase.generate],  # a seed repeats it; shrinking could take hours
            suppress_health_check=list(HealthCheck),
        ),
    )
    return Machine.steps - before


def run(size: int, chance: int) -> Reached:
    """See `Row.run`."""
    figures: dict[str, int | str] = {}
    broken: list[str] = []
    Cards.chance.seed(chance)
    for model in _MODELS:
        part, name = -(-size // len(_MODELS)), model.__name__.lower()
        figures[name] = 0
        try:
            while (taken := int(figures[name])) < part:
                figures[name] = taken + _lived(model, part - taken, chance + taken)
        except Exception as error:  # noqa: BLE001 # whatever a step let out broke its promise
            notes = "; ".join(getattr(error, "__notes__", ())[-6:])
            broken.append(f"{name}: {type(error).__name__} {error} {notes}"[:1500])
    figures |= Cards.figures()
    return Reached(
        trials=sum(int(figures[m.__name__.lower()]) for m in _MODELS),
        broken=broken,
        figures=figures,
    )


ROW: Final = Row(
    name="tenants",
    what="Two tenants, everything in any order, on services, stores and cards",
    unit="steps",
    goal=20_000,
    short=180,
    passes_when="Nobody reads, changes or sees the other's; every moved ciphertext is refused.",
    run=run,
)
