"""Documentation that can be wrong is checked: commands, tables, dependencies, records."""

import re
import tomllib
from datetime import date
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
RECORDS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
PROSE = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "benchmarks/README.md", *(ROOT / "docs").rglob("*.md")]
REQUIREMENTS = ["requirements.txt", "requirements-gpu.txt", "requirements-dev.txt"]


def requirements(name: str) -> dict[str, str]:
    """The packages a requirements file names, each with its bounds."""
    lines = [line.split("#")[0].strip() for line in (ROOT / name).read_text().splitlines()]
    matches = (re.fullmatch(r"([A-Za-z0-9-]+(?:\[[a-z-]+\])?)(.*)", line) for line in lines if line and line[0] != "-")
    return {match[1].lower(): match[2] for match in matches}


def blocks(text: str) -> list[str]:
    """The command lines of a text's shell blocks."""
    found = re.findall(r"```(?:sh|bash|console)\n(.*?)```", text, re.DOTALL)
    return [line.split("#")[0].strip() for block in found for line in block.splitlines() if line.split("#")[0].strip()]


def makefile() -> dict[str, list[str]]:
    """The Makefile's targets with their recipes."""
    targets, current = {}, None
    for line in (ROOT / "Makefile").read_text().splitlines():
        if match := re.match(r"([a-z-]+):( |$)", line):
            current = targets.setdefault(match[1], [])
        elif line.startswith("\t") and current is not None:
            current.append(line.strip().replace("$(BIN)", ".venv/bin"))
        elif line:
            current = None
    return targets


def test_the_makefile_has_the_targets_people_expect():
    assert {"app", "test", "test-all", "lint", "audit", "audit-packages", "bench", "docs"} <= set(makefile())


def test_the_readme_begins_with_the_two_commands():
    assert blocks(README)[:2] == ["make app", "make test"]


def test_every_make_command_of_the_documents_is_a_target():
    named = {name for page in PROSE for name in re.findall(r"(?:`|^)make ([a-z-]+)", page.read_text(), re.MULTILINE)}

    assert named <= set(makefile())


@pytest.mark.parametrize("target", ["app", "test"])
def test_the_plain_lines_beside_make_do_what_make_does(target):
    (recipe,) = makefile()[target]

    assert recipe in blocks(README)


def test_ci_runs_the_readmes_test_command():
    assert (ROOT / ".ci" / "run").read_text().splitlines()[-1] == "make test"


def test_every_file_and_verb_the_readme_names_exists():
    from mlcore.cli import parser

    linked = [link for link in re.findall(r"\]\(([^)#:]+)\)", README) if not (ROOT / link).exists()]
    verbs = set(parser()._subparsers._group_actions[0].choices)
    named = set(re.findall(r"(?:python -m mlcore|vitrine) (?:--home \S+ )?([a-z]+)", README))

    assert linked == []
    assert named <= verbs


def test_the_readmes_tour_has_every_page_in_order():
    from pages.parts.shell import GROUPS, PAGES

    titles = {group: [f"**{PAGES[name][0]}**" for name in names] for group, names in GROUPS.items()}
    tour = re.findall(r"^\| (\*.+?\*) \|", README, re.MULTILINE)

    assert tour == [line for group, pages in titles.items() for line in (f"*{group}*", *pages)]
    assert [name for names in GROUPS.values() for name in names] == list(PAGES)
    assert set(PAGES) == {path.stem for path in (ROOT / "pages").glob("[!_]*.py")}


def exists(name: str) -> bool:
    """Whether a dotted name is a module of ours or stands in one."""
    path = ROOT.joinpath(*name.split("."))
    if path.is_dir() or path.with_suffix(".py").is_file():
        return True
    module = path.parent / "__init__.py" if path.parent.is_dir() else path.parent.with_suffix(".py")
    return module.is_file() and re.search(rf"\b{path.name}\b", module.read_text()) is not None


@pytest.mark.parametrize("path", PROSE, ids=lambda path: path.stem)
def test_every_module_and_file_that_the_documents_name_exists(path):
    text = path.read_text()
    files = set(re.findall(r"`((?:mlcore|pages|tests|docs|benchmarks)/[\w/.-]+)`", text))
    modules = set(re.findall(r"`((?:mlcore|pages|benchmarks|docs)\.[a-z_.]+)`", text))

    assert sorted(name for name in files if not (ROOT / name).exists()) == []
    assert sorted(name for name in modules if not exists(name)) == []


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_every_dependency_is_bounded_on_both_sides(name):
    assert [
        package for package, bounds in requirements(name).items() if not re.match(r">=[\d.]+,<[\d.]+$", bounds)
    ] == []


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_every_dependency_has_its_line(name):
    page = (ROOT / "docs" / "dependencies.md").read_text()

    assert [package for package in requirements(name) if f"| `{package}` |" not in page] == []


def test_no_line_is_left_of_a_dependency_that_went():
    named = {package for name in REQUIREMENTS for package in requirements(name)}

    assert set(re.findall(r"^\| `([^`]+)` \|", (ROOT / "docs/dependencies.md").read_text(), re.MULTILINE)) <= named


def test_a_gpu_needs_the_same_tensorflow():
    assert (
        requirements("requirements-gpu.txt")["tensorflow[and-cuda]"] == requirements("requirements.txt")["tensorflow"]
    )


def test_the_version_is_said_once():
    import mlcore

    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert "version" in declared["dynamic"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", mlcore.__version__)


def test_generated_pages_say_what_the_code_says():
    from docs import generate

    assert generate.stale() == [], "run `make docs`"


def test_the_changelog_is_kept():
    changes = (ROOT / "CHANGELOG.md").read_text()

    assert set(re.findall(r"^### (.*)$", changes, re.MULTILINE)) <= {
        "Added",
        "Changed",
        "Deprecated",
        "Removed",
        "Fixed",
        "Security",
    }


def test_every_version_in_the_changelog_has_its_date_the_newest_on_top():
    import mlcore

    first, *versions = re.findall(r"^## (.*)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    dated = [re.fullmatch(r"\[(\d+)\.(\d+)\.(\d+)\] - (\d{4}-\d\d-\d\d)", version) for version in versions]

    assert first == "[Unreleased]"
    assert None not in dated
    numbers = [tuple(map(int, match.groups()[:3])) for match in dated]
    days = [date.fromisoformat(match[4]) for match in dated]
    assert (numbers, days) == (sorted(set(numbers), reverse=True), sorted(days, reverse=True))
    assert mlcore.__version__ == ".".join(map(str, numbers[0]))


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_a_decision_is_short_and_complete(path):
    text = path.read_text()

    assert len(text.splitlines()) < 40
    assert re.match(r"# \d{4} ", text)
    assert path.name[:4] == text[2:6]
    assert [
        f"## {part}" for part in ("Context", "Options", "Decision", "Reopen when") if f"## {part}\n" not in text
    ] == []


def test_decisions_are_numbered_without_gaps():
    assert [path.name[:4] for path in RECORDS] == [f"{number:04}" for number in range(1, len(RECORDS) + 1)]


def test_every_benchmark_result_names_its_command_and_machine():
    import json

    for path in (ROOT / "benchmarks" / "results").glob("*.json"):
        result = json.loads(path.read_text())
        assert {"command", "machine", "versions", "taken", "result"} <= set(result), path.name
        assert (ROOT / f"{result['command'].split()[2].replace('.', '/')}.py").exists(), path.name


def percent(card, name: str) -> str:
    return f"{getattr(card.accuracy, name):.1%}".replace("%", "").strip()


def test_the_readme_says_of_the_starters_what_their_cards_say():
    from mlcore import library

    cards = [card for card in library.classifiers() if card.accuracy]
    assert len(cards) == 2
    for card in cards:
        value, low, high = (percent(card, name) for name in ("value", "low", "high"))
        assert f"| {card.title} |" in README
        assert f"| {value} % ({low} to {high}) |" in README


def test_readme_and_card_say_that_the_starter_was_chosen_by_its_test_pictures():
    from mlcore import library

    said = " ".join(library.card_of("animals-and-vehicles").description.split())
    for text in (said, " ".join(README.split())):
        assert "chosen among some twenty by its accuracy on these very test pictures" in text
        assert "of the 2,500 validation pictures it answers 92.2 % right" in text
        assert "which don't come along" in text


def test_the_readme_says_of_photographs_who_measured_it():
    from mlcore import library

    card = library.card_of("photographs")
    (published,) = re.findall(r"publish (\d\d\.\d %)", card.description)

    assert card.accuracy is None
    assert (
        f"| {card.title} | ImageNet's thousand classes | {published} as Google publishes it; not measured here |"
        in README
    )


def test_the_readmes_speed_is_what_was_measured():
    import json

    results = ROOT / "benchmarks" / "results"
    cold, warm = (json.loads((results / f"{name}.json").read_text()) for name in ("cold_start", "predict"))
    over = cold["over_bare_streamlit"]
    slowest = max(found["Classifier.predict to bare call"]["median"] for found in warm["ratios"].values())

    assert f"| {cold['first_page_ratio']['median']:.1f} times sooner" in README
    for model in ("ours", "photographs"):
        cpu, memory = (over[model][figure]["median"] for figure in ("cpu_seconds", "megabytes"))
        assert f"| {cpu:.2f} CPU-seconds and {memory:.0f} MB above" in README
    assert f"takes {slowest:.2f} of the bare compiled network's time" in README
    naive, bare, torch = (
        json.loads((results / "training.json").read_text())["ratios"]["cnn-cifar"][other]["median"]
        for other in ("naive fit, batch 32", "hand-written loop", "native PyTorch")
    )
    assert f"| {naive:.1f} times the pictures per second of a naive `fit`, {bare:.3f} times a bare" in README
    assert f" {torch:.1f} times native PyTorch |" in README
    quick = json.loads((results / "quick_layers.json").read_text())["ratios"]
    told = [
        f"{quick[name]['hand-written loop']['median']:.1f}"
        for name in ("resnet", "vgg", "resnet9", "densenet", "fast-cnn", "convnext")
    ]
    assert f"| {', '.join(told[:-1])} and {told[-1]} times the pictures per second of a bare" in README
