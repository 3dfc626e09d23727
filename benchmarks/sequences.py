"""Clips: what is gained by knowing the order of frames, and whether a folder of videos goes in and trains.

Moving digits are clips whose class is told by the order of their frames alone: each class is its partner played
backwards. Networks that follow the order are compared with one that can't (the average of all frames), which can
find the pair and has to guess within it. Then a folder of short MP4 videos is made, added and trained on by the
command line alone.

    python -m benchmarks.sequences [NAME ...]   about four minutes of CPU time; with names, only these are taken anew
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.measure import RESULTS, write
from mlcore import data, durable, training
from mlcore.data.sources import moving_digits
from mlcore.intervals import wilson

ROOT = Path(__file__).parents[1]
DATA = "moving-digits"
CONTENDERS = {  # name: architecture, epochs, settings
    "CNN + GRU": ("cnn-rnn", 10, ["settings.cell=gru"]),
    "CNN + LSTM": ("cnn-rnn", 10, ["settings.cell=lstm"]),
    "CNN + SimpleRNN": ("cnn-rnn", 10, ["settings.cell=simple"]),
    "ConvLSTM": ("conv-lstm", 5, []),
    "Frame average (order-blind)": ("frame-average", 10, []),
}
VIDEOS, VIDEO_FRAMES, VIDEO_SIDE = 40, 24, 64  # per class, and of each


def moving(architecture: str, epochs: int, assignments: list[str], seed: int = 0) -> dict:
    """Train on moving digits and answer the test clips: accuracy, and the share that is right within the right pair."""
    chosen = [f"training.epochs={epochs}", f"training.seed={seed}", *assignments]
    wall, cpu = time.perf_counter(), time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        trained = training.train(training.draft(DATA, architecture, None, chosen), Path(folder))
    spent = {"wall_seconds": time.perf_counter() - wall, "cpu_seconds": time.process_time() - cpu}
    test = data.open(DATA).split("test")
    answers = np.asarray(trained.model(test.read(range(len(test))).astype("float32"), training=False)).argmax(axis=1)
    right, same_pair = answers == test.labels, answers // 2 == test.labels // 2
    return {
        "accuracy": _share(right),
        "pair found": _share(same_pair),
        "right within the pair": _share(right[same_pair]),
        "parameters": trained.model.count_params(),
        "epochs": epochs,
        **{name: round(seconds, 1) for name, seconds in spent.items()},
    }


def _share(hits: np.ndarray) -> dict:
    found = wilson(int(hits.sum()), len(hits))
    return {"value": found.value, "low": found.low, "high": found.high, "n": found.n}


def videos() -> dict:
    """A folder of MP4 files with a digit that moves to the left or to the right, added and trained on by commands."""
    with tempfile.TemporaryDirectory() as scratch:
        folder, home = Path(scratch) / "videos", Path(scratch) / "home"
        for label, name in enumerate(moving_digits.CLASSES[:2]):
            (folder / name).mkdir(parents=True)
            for number in range(VIDEOS):
                (folder / name / f"{number:02}.mp4").write_bytes(_video(label, number))
        size = sum(file.stat().st_size for file in folder.rglob("*.mp4"))
        started = time.perf_counter()
        added = _command(home, "data", "add", folder, "--name", "videos", "--frames", 8, "--size", 24)
        reading = time.perf_counter() - started
        chosen = ("--set", "training.epochs=40", "--set", "training.batch_size=16")
        model = _command(home, "train", "--data", "videos", "--architecture", "conv-lstm", *chosen)["id"]
        (found,) = (each for each in _command(home, "models")["models"] if each["id"] == model)
        answer = _command(home, "classify", model, folder / "left" / "00.mp4")["pictures"][0]
    return {
        "files": 2 * VIDEOS,
        "frames of each": VIDEO_FRAMES,
        "megabytes": round(size / 1e6, 2),
        "splits": added["splits"],
        "seconds to add": round(reading, 1),
        "accuracy": found["accuracy"],
        "first video of 'left'": answer["top"][0],
        "its timeline": answer["timeline"][0]["probabilities"],
    }


def _video(label: int, number: int) -> bytes:
    """A clip of a moving digit, drawn large and with three times as many frames, as H.264."""
    import io

    import av

    rng = np.random.default_rng([label, number])
    ink = moving_digits._digits()[rng.integers(1797)].repeat(3, axis=0).repeat(3, axis=1)
    start, speed = rng.integers(0, VIDEO_SIDE, 2), (2 * label - 1) * int(rng.integers(2, 4))
    field, file = np.zeros((VIDEO_SIDE, VIDEO_SIDE), "uint8"), io.BytesIO()
    field[: len(ink), : len(ink)] = ink
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=12)
        stream.height = stream.width = VIDEO_SIDE
        stream.pix_fmt = "yuv420p"
        for at in range(VIDEO_FRAMES):
            grey = np.roll(field, (start[0], start[1] + speed * at), axis=(0, 1))
            frame = np.repeat(grey[..., None], 3, axis=-1)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, "rgb24")))
        container.mux(stream.encode())
    return file.getvalue()


def _command(home: Path, *words) -> dict:
    command = [sys.executable, "-m", "mlcore", *map(str, words), "--json"]
    env = {**os.environ, "MLCORE_HOME": str(home)}
    told = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    return json.loads(told.stdout)


def main(names: list[str]) -> None:
    """Train everybody, then the videos; or only those named, while the others' figures stay. Print and keep them."""
    kept = durable.read_json(RESULTS / "sequences.json", {}) if names else {}
    result = {name: {"taken": kept["taken"], **row} for name, row in kept.get("result", {}).items()}
    for name in names or CONTENDERS:
        result[name] = moving(*CONTENDERS[name]) | {"taken": time.strftime("%Y-%m-%d")}
        print(name, json.dumps(result[name]), flush=True)
    found = kept.get("videos") or videos()
    print("A folder of videos", json.dumps(found))
    test = {"data": DATA, "seed": 0, "test_clips": len(data.open(DATA).split("test"))}
    write("sequences", result, "python -m benchmarks.sequences", **test, videos=found)


if __name__ == "__main__":
    main(sys.argv[1:])
