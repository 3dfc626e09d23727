"""The house has floors: a module imports its own floor or lower ones, and only a few may name a backend."""

import ast
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from docs.floors import FLOORS

ROOT = Path(__file__).parents[1]

FLOOR = {module: floor for floor, modules in enumerate(FLOORS) for module in modules}

# Who may name what, at all. Everything else is written for keras, keras.ops and NumPy.
NAMED_ONLY_BY = {
    "tensorflow": {"backend", "library.export"},
    "jax": {"backend"},
    "torch": set(),
    "ai_edge_litert": {"library.litert"},
    "streamlit": set(),
    "plotly": set(),
}

# Who imports Keras when it is itself imported, mostly because a class has to inherit from one of Keras'.
# Everybody else imports these, and Keras, inside the function that needs them: looking must not load Keras.
HOT = {"backend", "custom_layers", "library.export", "teach.model"}
HOT |= {f"training.{name}" for name in ("callbacks", "distillation", "finish", "loop", "network", "optimizers")}
HOT |= {f"training.{name}" for name in ("metrics", "steps", "step_callback", "trainer")}
HOT |= {f"generation.training.{name}" for name in ("augment", "conditioning", "finish", "gan", "loop", "losses")}
HOT |= {f"repair.{name}" for name in ("finish", "loop", "network")}

# Below pages/parts: files that every page may need stand on the ground floor, the others in a wing for each page.
GROUND_FILES = 15  # at most
SHARED = ("answer", "components", "runs")  # what any wing may import
NEIGHBOURS = {
    "data": {"teach.classes"},
    "explain": {"repair.fills"},
    "repair": {"generate.controls"},
}  # and who may import what of another


@cache
def imports(path: Path) -> tuple[tuple[str, bool], ...]:
    """What a file imports, as dotted names, and whether at its top level."""
    tree = ast.parse(path.read_text())
    inside = {id(node) for scope in ast.walk(tree) if isinstance(scope, SCOPES) for node in ast.walk(scope)}
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(alias.name, id(node) not in inside) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: write imports in full"
            found += [(f"{node.module}.{alias.name}", id(node) not in inside) for alias in node.names]
    return tuple(found)


SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def module_name(path: Path) -> str:
    """A file's name as an import has it, such as mlcore.training.loop."""
    return ".".join(part for part in path.relative_to(ROOT).with_suffix("").parts if part != "__init__")


def dotted(path: Path) -> str:
    """A file's name inside mlcore, such as training.loop."""
    return inner(module_name(path))


def inner(name: str) -> str:
    """What an imported name is inside mlcore: "data.store" for mlcore.data.store, "" for what lies outside."""
    return name.removeprefix("mlcore.") if name.startswith("mlcore.") else ""


def within(name: str, places: set[str]) -> bool:
    return any(name == place or name.startswith(f"{place}.") for place in places)


MODULES = {dotted(path): path for path in sorted((ROOT / "mlcore").rglob("*.py")) if dotted(path)}
SCREEN = [ROOT / "app.py", *sorted((ROOT / "pages").rglob("*.py"))]


def test_every_module_has_a_floor_and_every_name_on_the_list_is_a_module():
    found = {module.split(".")[0] for module in MODULES}

    assert sorted(found - set(FLOOR)) == [], "put the module on a floor"
    assert sorted(set(FLOOR) - found) == [], "the list names what isn't there"
    assert sum(len(modules) for modules in FLOORS) == len(FLOOR), "a module stands on one floor"


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_to_the_own_floor_or_lower(module):
    own = FLOOR[module.split(".")[0]]
    targets = {inner(name).split(".")[0] for name, _ in imports(MODULES[module])} & set(FLOOR)

    assert sorted(target for target in targets if FLOOR[target] > own) == []


@pytest.mark.parametrize("module", [module for module in MODULES if MODULES[module].stem == "__init__"])
def test_no_function_of_a_package_is_named_like_a_file_in_it(module):
    """Once Python has loaded such a file, its name in the package is the file, and a second call fails."""
    path = MODULES[module]
    defined = {node.name for node in ast.parse(path.read_text()).body if isinstance(node, SCOPES[:2])}

    assert sorted(defined & {other.stem for other in path.parent.iterdir()}) == []


@pytest.mark.parametrize("package", NAMED_ONLY_BY)
def test_a_package_is_named_only_where_it_may_be(package):
    naming = {module for module, path in MODULES.items() for name, _ in imports(path) if name.split(".")[0] == package}

    assert sorted(module for module in naming if not within(module, NAMED_ONLY_BY[package])) == []


def is_hot(name: str) -> bool:
    return name.split(".")[0] in {"keras", "tensorflow", "jax", "torch"} or within(inner(name), HOT)


@pytest.mark.parametrize("module", [module for module in MODULES if not within(module, HOT)])
def test_what_loads_keras_is_imported_inside_functions(module):
    assert sorted(name for name, at_top in imports(MODULES[module]) if at_top and is_hot(name)) == []


@pytest.mark.parametrize("path", SCREEN, ids=lambda path: path.stem)
def test_the_screen_leaves_networks_to_the_core(path):
    named = {name.split(".")[0] for name, _ in imports(path)}

    warms_up = {"keras"} if path.stem == "shell" else set()
    assert sorted((named & {"tensorflow", "keras", "jax", "torch", "ai_edge_litert", "sklearn"}) - warms_up) == []
    assert sorted(name for name, at_top in imports(path) if at_top and is_hot(name)) == []


PARTS = ROOT / "pages" / "parts"
WINGS = {path.parent.name for path in PARTS.glob("*/__init__.py")}


def room(path: Path) -> str:
    """The wing of a file below pages/parts, "" on the ground floor."""
    return path.relative_to(PARTS).parts[0] if path.parent != PARTS else ""


def rooms(path: Path) -> set[str]:
    """What a file imports of the wings below pages/parts, such as repair.fills."""
    inside = {name.removeprefix("pages.parts.") for name, _ in imports(path) if name.startswith("pages.parts.")}
    return {name for name in inside if name.split(".")[0] in WINGS}


def reach(wing: str) -> set[str]:
    """The wings, or files of them, that a wing may import.

    The ground floor is open to all and imports the components alone, which import nothing but each other.
    """
    if wing in ("", "components"):
        return {"components"}
    return {wing, *SHARED, *NEIGHBOURS.get(wing, ())}


def test_the_ground_floor_holds_few_files():
    assert len([path for path in PARTS.glob("*.py") if path.stem != "__init__"]) <= GROUND_FILES


@pytest.mark.parametrize("path", sorted(PARTS.rglob("*.py")), ids=lambda path: str(path.relative_to(PARTS)))
def test_a_wing_knows_the_ground_floor_and_itself(path):
    assert sorted(name for name in rooms(path) if not within(name, reach(room(path)))) == []


@pytest.mark.parametrize("wing", NEIGHBOURS)
def test_every_exception_for_a_wing_is_still_needed(wing):
    names = {name for path in (PARTS / wing).rglob("*.py") for name in rooms(path)}

    assert [file for file in NEIGHBOURS[wing] if not any(within(name, {file}) for name in names)] == []


def test_no_page_imports_another():
    named = {name for path in SCREEN for name, _ in imports(path) if name.startswith("pages.")}

    assert sorted(name for name in named if not within(name, {"pages.parts"})) == []


def circle(graph: dict[str, set[str]]) -> list[str]:
    """The names along a circle of a graph; none when it has none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return error.args[1]
    return []


def file_graph() -> dict[str, set[str]]:
    """Every file of mlcore and pages with those that it imports, anywhere."""
    files = {module_name(path): path for top in ("mlcore", "pages") for path in (ROOT / top).rglob("*.py")}

    def owner(name: str) -> str:
        """The file that a dotted name stands in; "" for what lies outside."""
        return name if name in files or not name else owner(name.rpartition(".")[0])

    return {file: {owner(name) for name, _ in imports(path)} - {file, ""} for file, path in files.items()}


def test_a_circle_is_seen():
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"b"}})
    assert circle({"a": {"b", "c"}, "b": {"c"}}) == []


def test_no_circle_among_files():
    assert circle(file_graph()) == []


def test_no_circle_among_the_rooms_of_the_core():
    graph: dict[str, set[str]] = {}
    for module, path in MODULES.items():
        own = module.split(".")[0]
        others = {inner(name).split(".")[0] for name, _ in imports(path)} & set(FLOOR)
        graph[own] = graph.get(own, set()) | others - {own}

    assert circle(graph) == []


def test_the_core_doesnt_know_the_screen():
    known = {name.split(".")[0] for path in MODULES.values() for name, _ in imports(path)}

    assert sorted(known & {"pages", "app", "tests", "benchmarks", "docs"}) == []


def test_every_import_is_a_declared_dependency():
    import sys

    declared = (ROOT / "requirements.txt").read_text().lower()
    package = {
        "PIL": "pillow",
        "sklearn": "scikit-learn",
        "skimage": "scikit-image",
        "ai_edge_litert": "ai-edge-litert",
        "pi_heif": "pi-heif",
    }
    optional = {"jax", "cv2", "tensorboard", "mlflow"}  # for people who chose them
    outside = {name.split(".")[0] for path in [*MODULES.values(), *SCREEN] for name, _ in imports(path)}
    outside -= {*sys.stdlib_module_names, "mlcore", "pages", *optional}

    assert sorted(name for name in outside if f"\n{package.get(name, name)}>=" not in declared) == []
