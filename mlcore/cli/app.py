"""The verb that serves the studio in a browser."""

import os
import sys
from argparse import ArgumentParser, Namespace
from typing import NoReturn

from mlcore import home


def describe(parser: ArgumentParser) -> None:
    """Nothing of our own: what follows the verb is Streamlit's."""


def serve(given: Namespace) -> NoReturn:
    """Serve the studio in a browser; further arguments go to `streamlit run`, such as --server.port 8600."""
    # This process becomes the server, so that a signal reaches it. Its settings lie beside the app.
    command = [sys.executable, "-m", "streamlit", "run", str(home.app()), *given.more]
    os.execv(command[0], command)  # noqa: S606 - our own interpreter and app


VERBS = {"app": (describe, serve)}
