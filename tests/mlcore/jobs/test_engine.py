"""The engine loads without what it doesn't need, and hides it from nobody else."""

import subprocess
import sys

CHECK = """
import sys
from mlcore.jobs import engine
engine.load()
left_out = [name for name in engine.ONLY_LOOKED_FOR if name in sys.modules]
import keras, pandas
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
print(left_out, model.count_params(), pandas.DataFrame({"a": [1]}).shape)
"""


def test_keras_loads_without_what_it_only_looks_for_which_can_be_imported_afterwards():
    printed = subprocess.run([sys.executable, "-c", CHECK], capture_output=True, text=True, check=True).stdout

    assert printed.splitlines()[-1] == "[] 3 (1, 1)"
