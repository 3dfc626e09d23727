"""Which methods of explanation beat random maps with a starter, over test pictures of its own data.

    python -m benchmarks.explanation_report [MODEL] [PICTURES] [SLOW_PICTURES]

Gains are paired per picture with random maps of the same grain; intervals are 95 %. Methods that take long for one
picture get fewer pictures and cheaper settings, which the result states. The report is kept in the model's folder
while it is made, so an ended run goes on where it was; needs the data set on this machine.
"""

import sys
import time

from benchmarks.measure import write
from mlcore import data, library
from mlcore.explanation.judge import Asked, report, sample, store
from mlcore.explanation.methods import methods

MODEL, PICTURES, SLOW_PICTURES = "animals-and-vehicles", 500, 100
CHECKED = 20  # pictures for noise, seeds and random weights, which explain again
QUICK_ENOUGH = {"occlusion", "score-cam"}  # slow on large pictures, a tenth of a second on these
CHEAPER = {"rise": {"samples": 500}, "lime": {"samples": 500}, "kernel-shap": {"samples": 500}}
TELL_SECONDS = 10.0


def asked(slow_pictures: int) -> list[Asked]:
    """Every method there is; slow ones for fewer pictures, some of them with fewer samples."""
    slow = {entry.name for entry in methods.all() if "slow" in entry.traits} - QUICK_ENOUGH
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
    pictures, slow = (int(given[at]) if len(given) > at else n for at, n in ((1, PICTURES), (2, SLOW_PICTURES)))
    classifier = library.open_classifier(model)
    drawn, source = sample.pictures(classifier, data.open(classifier.card.data).split("test"), pictures)
    cpu = time.process_time()
    found = report(classifier, drawn, asked(slow), telling(), store.folder(classifier), source, checked=CHECKED)
    print(found.sentence)
    for row in found.rows:
        print(f"{row.title:26} gain {row.gain.value:+.3f} ({row.gain.low:+.3f} to {row.gain.high:+.3f})  {row.words}")
    command = " ".join(["python -m benchmarks.explanation_report", *given])
    write("explanation_report", found.to_json(), command, cpu_seconds=round(time.process_time() - cpu, 1))


if __name__ == "__main__":
    main()
