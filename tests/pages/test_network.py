"""The studio doesn't start where its settings aren't in force: it would be open to the whole network."""

import shutil
import subprocess
import sys

import pytest
from streamlit import config

from pages.parts.gate import network
from tests.pages.conftest import ROOT

OURS = (ROOT / ".streamlit" / "config.toml").read_text()
DAMAGED = {
    "a quote is missing": OURS.replace('"127.0.0.1"\n', '"127.0.0.1\n').replace('"127.0.0.1"  ', '"127.0.0.1  '),
    "a byte-order mark": "\ufeff" + OURS,
    "a bracket is missing": OURS.replace("[server]", "[server"),
    "bytes of anything": bytes(range(256)),
}


@pytest.fixture
def app(tmp_path):
    """Where an app would lie; `.streamlit` beside it is empty."""
    (tmp_path / ".streamlit").mkdir()
    return tmp_path / "app.py"


def save(app, content) -> None:
    data = content if isinstance(content, bytes) else content.encode()
    (app.parent / ".streamlit" / "config.toml").write_bytes(data)


@pytest.mark.parametrize("damage", DAMAGED)
def test_settings_that_cant_be_read_end_the_start(app, damage):
    save(app, DAMAGED[damage])

    with pytest.raises(SystemExit, match=r"Vitrine doesn't start: .* can't be read: .*\. Mend the file"):
        network.check(app)


def test_our_own_settings_are_read(app, monkeypatch):
    monkeypatch.setattr(config, "is_manually_set", lambda name: name == "server.address")
    save(app, OURS)
    network.check(app)


@pytest.mark.parametrize("content", [None, "", OURS.replace("[server]", "[Server]")])
def test_settings_that_dont_say_where_to_listen_end_the_start(app, monkeypatch, content):
    monkeypatch.setattr(config, "is_manually_set", lambda name: False)
    if content is not None:
        save(app, content)

    with pytest.raises(SystemExit, match="nothing says where to listen"):
        network.check(app)


@pytest.mark.parametrize("content", [None, "\ufeff" + OURS])
def test_a_server_ends_with_a_sentence(tmp_path, content):
    """As Streamlit starts it: with what stands in app.py, and nothing else of ours in the folder."""
    app = tmp_path / "app.py"
    shutil.copy(ROOT / "app.py", app)
    (tmp_path / "pages").symlink_to(ROOT / "pages")
    (tmp_path / "mlcore").symlink_to(ROOT / "mlcore")
    if content is not None:
        (tmp_path / ".streamlit").mkdir()
        save(app, content)
    command = [sys.executable, "-m", "streamlit", "run", str(app), "--server.port", "0", "--browser.serverAddress", "x"]
    quiet = ["--server.headless", "true", "--browser.gatherUsageStats", "false"]
    done = subprocess.run([*command, *quiet], cwd=tmp_path, capture_output=True, text=True, timeout=120)

    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("Vitrine doesn't start:")
