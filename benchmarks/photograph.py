"""A photograph of 12 megapixels and a network of 224 x 224 pixels: how long for the answer and for every map of it?

    python -m benchmarks.photograph [ROUNDS]

One process, as one server would do it: the file is decoded, answered and explained by every method with its usual
settings, quick ones first. The first call of a method holds what is done once, such as loading Keras or compiling;
methods that take long are called once more, the others ROUNDS times. Memory is the peak while a method works, above
what the process held before the first of them (Linux tells it); Keras was loaded by then, which is told by itself.
"""

import io
import sys
import time
from pathlib import Path

from PIL import Image

from benchmarks.measure import summary, write
from mlcore import images, library
from mlcore.explanation import explain, methods

MODEL, SIZE = "photographs", (4000, 3000)
ROUNDS, LONG_SECONDS = 3, 5.0


def photograph() -> bytes:
    """An example picture, enlarged to what a telephone gives, as a JPEG."""
    file = io.BytesIO()
    Image.open(library.STARTERS / "examples" / "palace.jpg").resize(SIZE, Image.Resampling.BICUBIC).save(file, "JPEG")
    return file.getvalue()


def memory(name: str) -> float:
    """Megabytes of this process now (VmRSS) or at their peak (VmHWM)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(name)).split()[1]) / 1024


def timed(work) -> dict:
    """What a piece of work takes: seconds by the clock and of the processor, and its peak of memory in megabytes."""
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return {
        "wall_seconds": time.perf_counter() - wall,
        "cpu_seconds": time.process_time() - cpu,
        "peak_megabytes": memory("VmHWM"),
    }


def of_method(run, rounds: int, before: float) -> dict:
    """The first call, the later ones, and how far memory rose in any of them."""
    first = timed(run)
    print(f"    first {first['wall_seconds']:.2f} s", flush=True)
    later = [timed(run) for _ in range(1 if first["wall_seconds"] > LONG_SECONDS else rounds)]
    return {
        "first_seconds": round(first["wall_seconds"], 3),
        "wall_seconds": summary([each["wall_seconds"] for each in later]),
        "cpu_seconds": summary([each["cpu_seconds"] for each in later]),
        "megabytes_above": round(max(each["peak_megabytes"] for each in [first, *later]) - before),
    }


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    data, classifier = photograph(), library.open_classifier(MODEL)
    classifier.warm_up()
    result: dict = {"model": MODEL, "size": list(SIZE), "methods": {}}
    kept: list[images.Picture] = []
    result["decoding"] = timed(lambda: kept.append(images.decode(data)))
    picture = kept[0]
    result["answer"] = timed(lambda: classifier.predict(picture))
    result["class map"] = timed(lambda: classifier.class_map(picture))
    result["first map on Explain (Grad-CAM)"] = timed(lambda: explain("grad-cam", classifier, picture))
    result["loading Keras and the network"] = timed(lambda: classifier.model)
    before = memory("VmRSS")
    result["megabytes before"] = round(before)
    for entry in sorted(methods.all(), key=lambda entry: ("slow" in entry.traits, "coarse" not in entry.traits)):
        print(entry.title, flush=True)
        run = lambda name=entry.name: explain(name, classifier, picture)  # noqa: E731
        result["methods"][entry.name] = of_method(run, rounds, before)
    write("photograph", result, " ".join(["python -m benchmarks.photograph", *sys.argv[1:]]))


if __name__ == "__main__":
    main()
