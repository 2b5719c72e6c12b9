"""A state that no document lists is logged once, cut to a word's length."""

from structlog.testing import capture_logs

from floorbroker.brokers.shared.strange_states import StrangeStates


def test_only_the_first_strange_state_is_logged() -> None:
    states = StrangeStates("alpaca")

    with capture_logs() as logs:
        states.note("filled", known=True)
        states.note("marinating" * 10, known=False)
        states.note("simmering", known=False)

    assert [(one["event"], one["state"]) for one in logs] == [
        ("alpaca_state_not_known", ("marinating" * 10)[:32])
    ]
