"""A child process that does heavy work for us: asked by one JSON document, it gives its memory back when it ends."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mlcore.errors import Kind, Refused

ROOT = Path(__file__).parents[2]  # where `mlcore` can be imported from
QUIET = {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}  # what is asked for needs no accelerator


def ask(module: str, task: Mapping[str, Any], seconds: float, failure: str, **environment: str) -> dict[str, Any]:
    """What a module of ours, run as a program, answers to a task; its last printed line is a JSON object.

    An answer with `refused` and `kind` is raised as Refused; with no answer RuntimeError says the `failure`.
    """
    done = subprocess.run(  # noqa: S603 - our own module, asked on its standard input
        [sys.executable, "-m", module],
        input=json.dumps(task),
        capture_output=True,
        text=True,
        timeout=seconds,
        env={**os.environ, **QUIET, **environment},
        cwd=ROOT,
    )
    if done.returncode or not done.stdout:
        raise RuntimeError(f"{failure}: {done.stderr[-2000:]}")
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    if "refused" in answer:
        raise Refused(Kind(answer["kind"]), answer["refused"])
    return answer
