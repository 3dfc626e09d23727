"""Which methods of explanation beat random maps with a starter, over test pictures of its own data.

    python -m benchmarks.explanation_report [MODEL] [PICTURES] [SLOW_PICTURES] [CHECKED] [DATA]

Gains are paired per picture with random maps of the same grain; intervals are 95 %. Methods that take long for one
picture get fewer pictures and cheaper settings, which the result states. The report is kept in the model's folder
while it is made, so an ended run goes on where it was; needs the data set on this machine. DATA names another one
than the model's own: its answers are explained whatever they are, so no picture has to be of a class that it knows.
"""

import sys
import time

from benchmarks.measure import write
from mlcore import data, library
from mlcore.explanation.judge import Asked, report, sample, store
from mlcore.explanation.methods import methods

MODEL, PICTURES, SLOW_PICTURES = "animals-and-vehicles", 500, 100
CHECKED = 20  # pictures for noise, seeds and random weights, which explain again
QUICK_ENOUGH = {"occlusion", "score-cam"}  # a tenth of a second on small pictures, ten seconds on large ones
SMALL = 64  # pixels a side
CHEAPER = {"rise": {"samples": 500}, "lime": {"samples": 500}, "kernel-shap": {"samples": 500}}
TELL_SECONDS = 10.0


def asked(slow_pictures: int, side: int = 32) -> list[Asked]:
    """Every method there is; slow ones for fewer pictures, some of them with fewer samples."""
    slow = {entry.name for entry in methods.all() if "slow" in entry.traits}
    slow -= QUICK_ENOUGH if side <= SMALL else set()
    return [Asked(name, CHEAPER.get(name, {}), slow_pictures if name in slow else None) for name in methods.names()]


def telling():
    """Progress on the screen, every ten seconds."""
    told = 0.0

    def tell(share: float, text: str = "", /) -> None:
        nonlocal told
        if time.monotonic() - told > TELL_SECONDS:
            told = time.monotonic()
            print(text, flush=True)

    return tell


def main() -> None:
    given = sys.argv[1:]
    model = given[0] if given else MODEL
    numbers = [int(each) for each in given[1:4]]
    pictures, slow, checked = [*numbers, *(PICTURES, SLOW_PICTURES, CHECKED)[len(numbers) :]]
    classifier = library.open_classifier(model)
    split = data.open(given[4] if len(given) > 4 else classifier.card.data).split("test")
    drawn, source = sample.pictures(classifier, split, pictures)
    wanted = asked(slow, max(classifier.card.size))
    cpu = time.process_time()
    found = report(classifier, drawn, wanted, telling(), store.folder(classifier), source, checked=checked)
    print(found.sentence)
    for row in found.rows:
        print(f"{row.title:26} gain {row.gain.value:+.3f} ({row.gain.low:+.3f} to {row.gain.high:+.3f})  {row.words}")
    command = " ".join(["python -m benchmarks.explanation_report", *given])
    name = "explanation_report" if model == MODEL else f"explanation_report_{model.replace('-', '_')}"
    write(name, found.to_json(), command, cpu_seconds=round(time.process_time() - cpu, 1))


if __name__ == "__main__":
    main()
