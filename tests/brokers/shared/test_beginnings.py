"""What begins like a text is found as a scan of everything would find it."""

from hypothesis import given
from hypothesis import strategies as st

from floorbroker.brokers.shared.beginnings import Beginnings

NAMES = st.lists(st.text(alphabet="AB/", max_size=5), max_size=40)


@given(NAMES, st.text(alphabet="AB/", max_size=3))
def test_it_finds_what_a_scan_finds_in_order_of_the_names(names: list[str], text: str) -> None:
    numbered = list(enumerate(names))

    found = list(Beginnings((name, (name, number)) for number, name in numbered).of(text))

    assert sorted(found) == sorted((n, i) for i, n in numbered if n.startswith(text))
    assert [name for name, _ in found] == sorted(name for name, _ in found)


def test_a_value_may_have_several_names() -> None:
    begins = Beginnings([("BTCUSD", 1), ("XBTUSD", 1), ("ETHUSD", 2)])

    assert (list(begins.of("XBT")), list(begins.of("BTC")), list(begins.of("Z"))) == ([1], [1], [])
    assert len(begins) == 3
