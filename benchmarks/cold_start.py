"""What the first visit and the first answer cost on a cold server.

1. Seconds from the start of the server to the heading of its first page, against the same app importing TensorFlow at
   the top. From the start, because the server loads what stands there before it answers.
2. CPU-seconds and memory of the server for one uploaded and classified picture, against a bare Streamlit
   page that takes the same upload. TensorFlow's warm-up in the background is switched off for this part.

    python -m benchmarks.cold_start [ROUNDS]
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.measure import measure, ratio, show, summary, write
from benchmarks.server import browser, copy_app, cpu_seconds, megabytes, server, settled
from mlcore import images

BARE = """
import streamlit as st
st.title("Upload")
file = st.file_uploader("Drop a picture")
if file:
    st.subheader(f"{len(file.getvalue())} bytes")
"""
WATCH = """
new MutationObserver((_, watching) => {
    if (!document.querySelector("h1")) return;
    window.headingAt = performance.now();
    watching.disconnect();
}).observe(document, {childList: true, subtree: true});
"""
LIMIT = 120_000  # milliseconds a page may take before the benchmark gives up
MODEL, PHOTOGRAPHS = "animals-and-vehicles", "photographs"  # the second one is made once per home, and then as quick


def first_page(chromium, app: Path) -> dict[str, float]:
    """Start a server and open its first page."""
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as home, server(app, Path(home)) as (address, process):
        page = chromium.new_context().new_page()
        page.add_init_script(WATCH)  # waiting from outside looks every half second only
        asked = time.perf_counter() - started
        page.goto(address)
        page.locator("h1").first.wait_for(timeout=LIMIT)
        seconds = asked + page.evaluate("window.headingAt") / 1000  # since the address was opened
        page.context.close()
        return {"heading_seconds": seconds, "server_megabytes": megabytes(process)}


def first_answer(
    chromium, app: Path, answered: str, picture: bytes, model: str = MODEL, starters: Path | None = None
) -> dict[str, float]:
    """Upload one picture to a cold server and wait for what the page says of it; `starters` holds those made before."""
    with tempfile.TemporaryDirectory() as home:
        if starters:
            (Path(home) / "starters").symlink_to(starters)
        with server(app, Path(home), VITRINE_WARM="0") as running:
            return _answered(chromium, running, answered, picture, model)


def _answered(chromium, running, answered: str, picture: bytes, model: str) -> dict[str, float]:
    address, process = running
    page = chromium.new_context().new_page()
    page.goto(f"{address}/?model={model}")
    page.locator("input[type=file]").first.wait_for(state="attached", timeout=LIMIT)
    settled(process)
    cpu, memory, started = cpu_seconds(process), megabytes(process), time.perf_counter()
    upload = {"name": "picture.png", "mimeType": "image/png", "buffer": picture}
    page.locator("input[type=file]").first.set_input_files(upload)
    page.locator(answered).first.wait_for(timeout=LIMIT)
    seconds = time.perf_counter() - started
    settled(process)
    figures = {"answer_seconds": seconds, "answer_cpu_seconds": cpu_seconds(process) - cpu}
    page.context.close()
    return {**figures, "answer_megabytes": megabytes(process) - memory, "server_megabytes": megabytes(process)}


def made_starters(scratch: Path) -> Path | None:
    """The folder of the starter that is made at its first need, made now; None where its package isn't here."""
    environment = {**os.environ, "MLCORE_HOME": str(scratch / "home")}
    order = [sys.executable, "-c", f"from mlcore import library; library.ready({PHOTOGRAPHS!r})"]
    made = subprocess.run(order, env=environment, check=False).returncode == 0
    return scratch / "home" / "starters" if made else None


def difference(result: dict, one: str, other: str, figure: str) -> dict:
    """By how much a figure of one exceeds the other's, round by round."""
    pairs = zip(result[one][figure]["rounds"], result[other][figure]["rounds"], strict=True)
    return summary([a - b for a, b in pairs])


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    picture = images.png(np.random.default_rng(0).integers(0, 256, (240, 320, 3), np.uint8))
    with tempfile.TemporaryDirectory() as scratch, browser() as chromium:
        ours = copy_app(Path(scratch) / "ours")
        eager = copy_app(Path(scratch) / "eager", "import tensorflow")
        bare = Path(scratch) / "bare.py"
        bare.write_text(BARE)
        visits = measure(
            {"ours": lambda: first_page(chromium, ours), "tensorflow at the top": lambda: first_page(chromium, eager)},
            rounds=rounds,
        )
        done, starters = ".st-key-home-answer-next", made_starters(Path(scratch))
        cases = {
            "ours": lambda: first_answer(chromium, ours, done, picture),
            "bare streamlit": lambda: first_answer(chromium, bare, "h3", picture),
        }
        if starters:
            cases[PHOTOGRAPHS] = lambda: first_answer(chromium, ours, done, picture, PHOTOGRAPHS, starters)
        answers = measure(cases, rounds=rounds)
    over = {
        model: {
            name: difference(answers, model, "bare streamlit", figure)
            for name, figure in (("cpu_seconds", "answer_cpu_seconds"), ("megabytes", "server_megabytes"))
        }
        for model in cases
        if model != "bare streamlit"
    }
    quicker = ratio(visits, "tensorflow at the top", "ours", "heading_seconds")
    show({f"visit: {name}": figures for name, figures in visits.items()})
    show({f"answer: {name}": figures for name, figures in answers.items()})
    print(f"first heading {quicker['median']:.1f} times sooner; first answer over a bare page:")
    for model, more in over.items():
        print(f"  {model}: {more['cpu_seconds']['median']:.2f} CPU-seconds, {more['megabytes']['median']:.0f} MB")
    result = {"first page": visits, "first answer": answers}
    write("cold_start", result, "python -m benchmarks.cold_start", first_page_ratio=quicker, over_bare_streamlit=over)


if __name__ == "__main__":
    main()
