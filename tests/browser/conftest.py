"""A real server on a free port and a headless Chromium; skipped cleanly where there is none."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PATIENCE_MS = 180_000  # two cores with much else to do, and TensorFlow to load
CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
FLAGS += ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]  # a camera that shows a moving sign
FLAGS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser():
    sync = pytest.importorskip("playwright.sync_api", reason="playwright isn't installed")
    if not CHROMIUM:
        pytest.skip("there is no Chromium")
    with sync.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@contextmanager
def serve(home: Path, port: int | None = None):
    """Run the app over a home; gives its address and process. The log goes to a file: a pipe could fill up."""
    port = port or free_port()
    env = {**os.environ, "MLCORE_HOME": str(home), "VITRINE_WARM": "0", "TF_CPP_MIN_LOG_LEVEL": "3"}
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    with open(home / "server.log", "ab") as log:
        process = subprocess.Popen(
            [*command, "--server.headless", "true", "--server.fileWatcherType", "none"],
            cwd=ROOT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        try:
            address = f"http://127.0.0.1:{port}"
            wait_until_healthy(address, process)
            yield address, process
        finally:
            process.kill()
            process.wait()


def wait_until_healthy(address: str, process, seconds: float = 240) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert process.poll() is None, "the server ended"
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2) as answer:  # noqa: S310
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    raise AssertionError("the server didn't become healthy")


@pytest.fixture
def server(home):
    """A fresh, cold server over the test's own home: its address."""
    with serve(home) as (address, _):
        yield address


@pytest.fixture
def tab(browser, request):
    """A browser tab that watches for errors and for requests to other hosts."""
    with opened(browser, request.node.name) as page:
        yield page


@pytest.fixture
def open_tab(browser, request):
    """Opens further tabs, each with its own session: `with open_tab(color_scheme="dark") as tab`."""
    return lambda **options: opened(browser, f"{request.node.name}-2", **options)


@pytest.fixture
def serve_home(home):
    """Runs the app over the test's home, again and again if need be: `with serve_home(port) as (address, process)`."""
    return lambda port=None: serve(home, port)


@contextmanager
def opened(browser, name: str = "tab", **options):
    context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, **options})
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    foreign, errors = [], []
    page.on("request", lambda request: foreign.append(request.url) if is_foreign(request.url) else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    try:
        yield page
        assert page.locator('[data-testid="stException"]').count() == 0
        assert (foreign, errors) == ([], [])
    except BaseException:
        shots = ROOT / ".pytest_cache" / "failures"  # not in git
        shots.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=shots / f"{name.replace('/', '_')[:80]}.png", full_page=True)
        raise
    finally:
        context.close()


def visit(tab, server: str, name: str, model: str) -> None:
    """Open a page with a model, its run and a picture, and wait until it is drawn."""
    query = f"?model={model}&run={model}&picture=data:shapes:test:0"
    tab.goto(f"{server}/{'' if name == 'home' else name}{query}")
    tab.get_by_role("heading", level=1).wait_for()
    settle(tab)


def settle(tab) -> None:
    """Wait until the page is drawn, and nothing on it moves any more."""
    tab.wait_for_load_state("networkidle")
    unfinished = "[data-testid=stStatusWidget], [data-testid=stSpinner], [data-testid=stSkeleton]"
    tab.wait_for_function(f"!document.querySelector('{unfinished}')")


def is_foreign(url: str) -> bool:
    return url.startswith(("http", "ws")) and "//127.0.0.1" not in url and "//localhost" not in url
