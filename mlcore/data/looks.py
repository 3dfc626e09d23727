"""How often the test pictures of a data set were looked at: each look that leads to a choice flatters the figures."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from mlcore import durable, reader
from mlcore.data import versions
from mlcore.data.store import Dataset

FILE = "looks.json"
MOST_MODELS = 1000  # whose names are kept of each version


@dataclass(frozen=True)
class Looks:
    """How many times a model was measured on the test pictures of one version, and how many models were."""

    times: int = 0
    models: tuple[str, ...] = ()

    def sentence(self) -> str:
        """What a person should know of it; nothing where nobody has looked yet."""
        if not self.times:
            return ""
        times = {1: "once", 2: "twice"}.get(self.times, f"{self.times:,} times")
        models = "1 model" if len(self.models) == 1 else f"{len(self.models):,} models"
        advice = " Whoever chooses among models by them sees the best one flattered." if len(self.models) > 1 else ""
        return f"The test pictures were looked at {times}, for {models}.{advice}"


def record(dataset: Dataset, model: str) -> None:
    """Count one more look at the test pictures; a home that can't be written stays as it is."""
    with suppress(OSError), versions.editing(dataset.folder):
        every, now = reader.facts(dataset.folder / FILE), of(dataset)
        models = now.models if model in now.models else (*now.models, model)[-MOST_MODELS:]
        every[dataset.fingerprint] = {"times": now.times + 1, "models": models}
        durable.write_json(dataset.folder / FILE, every)


def of(dataset: Dataset) -> Looks:
    """The looks at the test pictures of that version."""
    return _read(dataset.folder, dataset.fingerprint)


def _read(folder: Path, fingerprint: str) -> Looks:
    kept = reader.facts(folder / FILE).get(fingerprint)
    times, models = (kept.get("times"), kept.get("models")) if isinstance(kept, dict) else (0, [])
    if not isinstance(times, int) or not isinstance(models, list):
        return Looks()
    return Looks(max(0, times), tuple(each for each in models if isinstance(each, str)))
