"""A Streamlit server of its own on a free port, and a browser to look at it, for benchmarks."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[1]
PARTS = ("app.py", "pages", "mlcore", ".streamlit")
BROWSER = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


def copy_app(folder: Path, first_line: str = "") -> Path:
    """A copy of the app with one more line at the top of app.py; gives the path of app.py."""
    folder.mkdir(parents=True)
    for part in PARTS:
        source, target = ROOT / part, folder / part
        shutil.copytree(source, target) if source.is_dir() else shutil.copy2(source, target)
    app = folder / "app.py"
    app.write_text(f"{first_line}\n{app.read_text()}")
    return app


@contextmanager
def server(app: Path, home: Path, before=lambda address: None, **environment):
    """A cold server of an app; gives its address and its process, and ends it. `before` hears the address first."""
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    before(address)
    command = [sys.executable, "-m", "streamlit", "run", str(app), "--server.port", str(port)]
    options = ["--server.headless", "true", "--server.address", "127.0.0.1", "--server.fileWatcherType", "none"]
    own = {**os.environ, "MLCORE_HOME": str(home), "TF_CPP_MIN_LOG_LEVEL": "3", **environment}
    with open(home / "server.txt", "wb") as log:
        process = subprocess.Popen(
            command + options, cwd=app.parent, env=own, stdout=log, stderr=log, start_new_session=True
        )
    try:
        _wait_until_healthy(address, process)
        yield address, psutil.Process(process.pid)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextmanager
def browser():
    """Headless Chromium, the system's where there is one, else Playwright's own."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=BROWSER)
        yield chromium
        chromium.close()


def cpu_seconds(process: psutil.Process) -> float:
    """User and system time that the process has used."""
    times = process.cpu_times()
    return times.user + times.system


def megabytes(process: psutil.Process) -> float:
    """Resident memory of the process."""
    return process.memory_info().rss / 1e6


def settled(process: psutil.Process, quiet: float = 1.0) -> None:
    """Wait until the process has done next to nothing for a while."""
    before = cpu_seconds(process)
    while True:
        time.sleep(quiet)
        now = cpu_seconds(process)
        if now - before < 0.03 * quiet:
            return
        before = now


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_until_healthy(address: str, process: subprocess.Popen) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError("The server ended before it answered.")
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("The server didn't answer within a minute.")
