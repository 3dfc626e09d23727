"""Two devices that share each batch learn what one learns, on both backends (virtual CPU devices)."""

import os
import subprocess
import sys

import pytest

from mlcore.backend.distribution import Spread
from mlcore.errors import Refused

TWO_CPUS = {
    "tensorflow": """
import tensorflow as tf
two = [tf.config.LogicalDeviceConfiguration()] * 2
tf.config.set_logical_device_configuration(tf.config.list_physical_devices("CPU")[0], two)
""",
    "jax": "",
}
LEARN = """
import json, sys
from pathlib import Path
import numpy as np
from mlcore import training
def learned(devices, stop_after=10**9):
    calls = iter(range(stop_after))
    made = ["settings.hidden=[8]", "training.epochs=2", "training.batch_size=8", f"training.devices={devices}"]
    taught = [f"training.distillation.teachers={sys.argv[2]}"]
    recipe = training.draft("shapes", "mlp", None, [*made, *taught, "training.optimizer=momentum"])
    folder = Path(sys.argv[1]) / str(devices)
    result = training.train(recipe, folder, should_stop=lambda: next(calls, None) is None)
    return result.model.get_weights(), [row["val_loss"] for row in result.progress.history], result.progress.step
learned(2, stop_after=4)
(one, losses, _), (two, others, steps) = learned(1), learned(2)
difference = max(float(np.abs(a - b).max()) for a, b in zip(one, two))
print(json.dumps({"difference": difference, "losses": losses, "others": others, "steps": steps}))
"""


@pytest.mark.slow
@pytest.mark.parametrize("teacher", ["", "tiny"])
@pytest.mark.parametrize("backend", TWO_CPUS)
def test_two_devices_learn_what_one_learns(tiny_model, home, tmp_path, backend, teacher):
    """12 steps of momentum on an MLP, the run on two devices stopped and resumed; only rounding differs."""
    import json

    own = {"KERAS_BACKEND": backend, "XLA_FLAGS": "--xla_force_host_platform_device_count=2"}
    done = subprocess.run(
        [sys.executable, "-c", TWO_CPUS[backend] + LEARN, str(tmp_path), teacher],
        env={**os.environ, **own, "MLCORE_HOME": str(home)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout.splitlines()[-1])

    assert told["steps"] == 12
    assert told["difference"] < 1e-5
    assert told["losses"] == pytest.approx(told["others"], rel=1e-4)


def test_more_devices_than_there_are_is_refused():
    with pytest.raises(Refused, match="needs as many"):
        Spread(16)
