"""A form is made from a broker's credentials model, and read back without a value getting out."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal

import pytest
from annotated_types import MaxLen
from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from floorbroker.brokers.loading import credentials_model
from floorbroker.brokers.registry import all_brokers
from floorbroker.web.forms import LONGEST_VALUE, FormField, Kind, form_fields, given, unreadable


class Region(StrEnum):
    US = "us"
    REST = "elsewhere"


class ManyKinds(BaseModel):
    """One of each."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    api_key: str = Field(
        title="API key", description="Begins with PK.", min_length=4, max_length=20
    )
    api_secret: SecretStr = Field(title="API secret", max_length=64)
    passphrase: SecretStr | None = Field(default=None, title="Passphrase")
    nested: Annotated[SecretStr, MaxLen(10)] | None = None
    region: Region = Region.REST
    kind: Literal["cash", "margin"]
    number: int | None = None
    rate: Decimal = Decimal("0.5")
    read_only: bool = Field(default=False, title="Only look")
    sandbox: bool = True


def fields() -> dict[str, FormField]:
    return {field.asked.name: field for field in form_fields(ManyKinds)}


def test_the_fields_come_in_the_models_order() -> None:
    assert list(fields()) == list(ManyKinds.model_fields)


@pytest.mark.parametrize(
    ("name", "kind", "required"),
    [
        ("api_key", Kind.TEXT, True),
        ("api_secret", Kind.SECRET, True),
        ("passphrase", Kind.SECRET, False),
        ("nested", Kind.SECRET, False),
        ("region", Kind.CHOICE, False),
        ("kind", Kind.CHOICE, True),
        ("number", Kind.TEXT, False),
        ("rate", Kind.TEXT, False),
        ("read_only", Kind.TICK, False),
        ("sandbox", Kind.TICK, False),
    ],
)
def test_a_field_looks_like_what_it_asks_for(name: str, kind: Kind, required: bool) -> None:
    field = fields()[name]

    assert (field.kind, field.asked.required) == (kind, required)


def test_titles_and_hints_are_the_models_own() -> None:
    field = fields()["api_key"]

    assert (field.asked.title, field.asked.description) == ("API key", "Begins with PK.")
    assert fields()["read_only"].asked.title == "Only look"
    assert fields()["nested"].asked.title == "Nested"


@pytest.mark.parametrize(
    ("name", "shortest", "longest"),
    [
        ("api_key", 4, 20),
        ("api_secret", 0, 64),
        ("nested", 0, 10),
        ("passphrase", 0, LONGEST_VALUE),
    ],
)
def test_lengths_are_the_models_own(name: str, shortest: int, longest: int) -> None:
    field = fields()[name]

    assert (field.shortest, field.longest) == (shortest, longest)


def test_choices_and_presets_are_the_models_own() -> None:
    known = fields()

    assert known["region"].choices == ("us", "elsewhere")
    assert known["region"].preset == "elsewhere"
    assert known["kind"].choices == ("cash", "margin")
    assert known["kind"].preset == ""
    assert (known["read_only"].preset, known["sandbox"].preset) == ("", "on")


def test_a_secret_is_never_preset() -> None:
    class Default(BaseModel):
        secret: SecretStr = SecretStr("canary")
        plain: str = "canary"

    for field in form_fields(Default):
        assert field.preset == ""


@pytest.mark.parametrize("annotation", [list[str], dict[str, str], int | str, bytes, BaseModel])
def test_what_no_form_can_hold_is_a_mistake_of_ours(annotation: Any) -> None:
    class Odd(BaseModel):
        odd: annotation

    with pytest.raises(TypeError, match="odd"):
        form_fields(Odd)


FULL = {
    "field.api_key": "PK12",
    "field.api_secret": "secret",
    "field.region": "us",
    "field.kind": "cash",
    "field.number": "7",
    "field.read_only": "on",
}


def test_what_was_entered_is_what_the_model_reads() -> None:
    values = given(form_fields(ManyKinds), FULL)

    read = ManyKinds.model_validate(values)
    assert unreadable(ManyKinds, form_fields(ManyKinds), values) == ()
    assert read.api_secret.get_secret_value() == "secret"
    assert (read.region, read.kind, read.number) == (Region.US, "cash", 7)
    assert (read.read_only, read.sandbox) == (True, False)
    assert (read.passphrase, read.rate) == (None, Decimal("0.5"))


def test_what_is_left_empty_is_left_out() -> None:
    values = given(form_fields(ManyKinds), {**FULL, "field.passphrase": " ", "field.number": ""})

    assert values.keys() & {"passphrase", "number"} == set()


def test_what_the_form_does_not_ask_for_is_not_read() -> None:
    more = {**FULL, "field.more": "x", "api_key": "y", "label": "z", "form": "t"}

    assert given(form_fields(ManyKinds), more) == given(form_fields(ManyKinds), FULL)


@pytest.mark.parametrize(
    ("changes", "titles"),
    [
        ({"field.api_key": ""}, ("API key",)),
        ({"field.api_key": "PK1"}, ("API key",)),
        ({"field.api_key": "P" * 21}, ("API key",)),
        ({"field.api_secret": "s" * 65}, ("API secret",)),
        ({"field.passphrase": "p" * (LONGEST_VALUE + 1)}, ("Passphrase",)),
        ({"field.region": "moon", "field.kind": "x"}, ("Region", "Kind")),
        ({"field.number": "1e400000000"}, ("Number",)),
        ({"field.rate": "NaN"}, ("Rate",)),
        ({"field.api_secret": "a\nb"}, ("API secret",)),
        ({"field.api_secret": "a\u202eb"}, ("API secret",)),
    ],
)
def test_what_cannot_be_read_is_named_by_its_title(
    changes: dict[str, str], titles: tuple[str, ...]
) -> None:
    known = form_fields(ManyKinds)

    assert unreadable(ManyKinds, known, given(known, {**FULL, **changes})) == titles


def test_a_fault_of_all_of_them_names_all_of_them_and_no_value() -> None:
    class Pair(BaseModel):
        one: str
        other: SecretStr

        @model_validator(mode="after")
        def _fits(self) -> "Pair":
            raise ValueError(f"{self.other.get_secret_value()} does not fit {self.one}")

    assert unreadable(Pair, form_fields(Pair), {"one": "a", "other": "b"}) == ("One", "Other")


@pytest.mark.parametrize(
    "spec", [one for one in all_brokers() if one.adapter and one.takes_keys], ids=lambda s: s.id
)
def test_every_broker_that_takes_keys_has_a_form(spec: Any) -> None:
    model = credentials_model(spec)

    made = form_fields(model)

    assert [field.asked.name for field in made] == list(model.model_fields)
    assert all(field.asked.title for field in made)
