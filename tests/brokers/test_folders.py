"""Every broker's folder has the one shape, and an SDK is imported in one file only."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import floorbroker
from floorbroker.brokers.registry import all_brokers
from floorbroker.brokers.spec import BrokerSpec

SOURCE = Path(floorbroker.__file__).parent
BROKERS = SOURCE / "brokers"
SHAPE = frozenset({"spec", "credentials", "client", "mapping", "errors", "adapter"})
NOT_NEEDED = {
    # The paper broker is its own venue: there is no SDK to wrap and no vendor's word to translate.
    "paper": frozenset({"client", "mapping"}),
}
NOT_A_BROKER = frozenset({"shared"})
SDK_OF = {spec.sdk_module: spec.id for spec in all_brokers() if spec.sdk_module}

each_broker = pytest.mark.parametrize("spec", all_brokers(), ids=lambda spec: spec.id)
each_built = pytest.mark.parametrize(
    "spec", [spec for spec in all_brokers() if spec.adapter], ids=lambda spec: spec.id
)


def imported_by(code: str) -> set[str]:
    """Dotted names of everything that `code` imports, inside functions too."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


def classes_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text())
    return {node.name for node in tree.body if isinstance(node, ast.ClassDef)}


def sdk_imports(root: Path) -> Iterator[tuple[str, str]]:
    """Each (file, SDK) below `root`."""
    for path in sorted(root.rglob("*.py")):
        for name in imported_by(path.read_text()):
            sdk = name.partition(".")[0]
            if sdk in SDK_OF:
                yield path.relative_to(root).as_posix(), sdk


def test_every_folder_is_a_broker_of_the_registry_and_the_other_way_round() -> None:
    folders = {path.parent.name for path in BROKERS.glob("*/__init__.py")} - NOT_A_BROKER

    assert folders == {spec.id for spec in all_brokers()}


@each_broker
def test_a_folder_has_the_manifest_that_the_registry_uses(spec: BrokerSpec) -> None:
    assert (BROKERS / spec.id / "spec.py").is_file()


@each_built
def test_a_built_broker_has_every_file_of_the_shape(spec: BrokerSpec) -> None:
    expected = SHAPE - NOT_NEEDED.get(spec.id, frozenset())
    there = {path.stem for path in (BROKERS / spec.id).glob("*.py")}

    assert expected - there == set()


@each_built
def test_the_manifest_names_the_adapter_of_its_own_folder(spec: BrokerSpec) -> None:
    module, _, name = (spec.adapter or "").partition(":")

    assert module == f"floorbroker.brokers.{spec.id}.adapter"
    assert name.endswith("Adapter")
    assert name in classes_in(BROKERS / spec.id / "adapter.py")


@each_built
def test_the_credentials_are_named_after_the_adapter(spec: BrokerSpec) -> None:
    prefix = (spec.adapter or "").partition(":")[2].removesuffix("Adapter")

    signed_in = spec.sign_in is not None
    named = {f"{prefix}Tokens"} if signed_in else set()
    if not signed_in or spec.takes_keys:
        named.add(f"{prefix}Credentials")
    assert named <= set(classes_in(BROKERS / spec.id / "credentials.py"))


@each_broker
def test_a_manifest_imports_nothing_but_our_own_words(spec: BrokerSpec) -> None:
    allowed = ("floorbroker.brokers.spec", "floorbroker.domain.", "typing")

    imports = imported_by((BROKERS / spec.id / "spec.py").read_text())

    assert not [name for name in imports if not name.startswith(allowed)]


def test_loading_the_registry_loads_nothing_but_the_standard_library() -> None:
    program = (
        "import sys; before = set(sys.modules); import floorbroker.brokers.registry; "
        "print(*{name.partition('.')[0] for name in set(sys.modules) - before})"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=SOURCE.parent,
    )

    loaded = set(answer.stdout.split())
    assert "floorbroker" in loaded
    assert loaded - sys.stdlib_module_names == {"floorbroker"}


def test_an_sdk_is_imported_in_its_own_brokers_client_only() -> None:
    astray = [
        (path, sdk)
        for path, sdk in sdk_imports(SOURCE)
        if path != f"brokers/{SDK_OF[sdk]}/client.py"
    ]

    assert astray == []


def test_an_sdk_import_is_seen_even_inside_a_function(tmp_path: Path) -> None:
    (tmp_path / "astray.py").write_text("def quote():\n    from alpaca.data import Client\n")

    assert list(sdk_imports(tmp_path)) == [("astray.py", "alpaca")]
