"""Where the studio listens: only where somebody said so."""

import tomllib
from pathlib import Path

from streamlit import config


def check(app: Path) -> None:
    """End the start (SystemExit with a sentence) where the settings that keep the studio to itself aren't in force.

    Streamlit goes on without a file of settings that it can't read: open to the whole network and to every name, and
    sending figures of use. `app` is the script that is served; its settings lie beside it.
    """
    if reason := _unreadable(app.parent / ".streamlit" / "config.toml"):
        raise SystemExit(
            "Vitrine doesn't start: its settings, .streamlit/config.toml, keep it to this machine, and they can't be "
            f"read: {reason}. Mend the file, or take the one that came with Vitrine."
        )
    if not config.is_manually_set("server.address"):
        raise SystemExit(
            "Vitrine doesn't start: nothing says where to listen, and Streamlit would listen to the whole network. "
            "Take the .streamlit/config.toml that came with Vitrine, or say it: --server.address 127.0.0.1"
        )


def _unreadable(file: Path) -> str:
    """Why Streamlit can't read a file of settings; empty where it can, or where there is none."""
    try:
        tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return ""
    except (ValueError, OSError) as error:
        return getattr(error, "strerror", None) or str(error)
    return ""
