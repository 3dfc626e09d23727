"""On two cores, the small convolutional network is trained one operation at a time; nothing else is."""

import os
import subprocess
import sys

import keras
import pytest

from mlcore import jobs, training
from mlcore.backend import device
from mlcore.errors import Kind, Refused
from mlcore.home import home
from mlcore.jobs import holding, worker

THREADS = """
import os
os.cpu_count = lambda: {cores}
from mlcore.backend import device
device.one_operation_at_a_time()
import tensorflow as tf
print(tf.config.threading.get_inter_op_parallelism_threads())
"""


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="TensorFlow's own setting")
@pytest.mark.parametrize(("cores", "threads"), [(1, 1), (2, 1), (4, 0)])  # 0: as TensorFlow likes
def test_operations_stand_in_line_on_few_cores_only(cores, threads):
    hidden = {"CUDA_VISIBLE_DEVICES": "-1"}
    told = [sys.executable, "-c", THREADS.format(cores=cores)]
    done = subprocess.run(told, env=os.environ | hidden, capture_output=True, text=True, check=True)

    assert int(done.stdout) == threads


@pytest.mark.parametrize(("architecture", "asked"), [("cnn", 1), ("cnn-cifar", 0), ("fast-cnn", 0), ("mlp", 0)])
def test_a_worker_asks_for_it_before_training_what_gains_by_it(tiny_data, monkeypatch, architecture, asked):
    monkeypatch.setattr(jobs, "_begin", lambda id: None)
    calls = []
    monkeypatch.setattr(device, "one_operation_at_a_time", lambda: calls.append("asked"))

    def train(*given):
        calls.append("trains")
        raise Refused(Kind.BAD_SETTING, "Enough.")

    monkeypatch.setattr(training, "train", train)
    folder = home() / "models" / jobs.start(training.draft("shapes", architecture))

    with holding.hold(folder) as held, pytest.raises(Refused, match="Enough"):
        worker._Worker(folder, held)._do()
    assert calls == ["asked"] * asked + ["trains"]
