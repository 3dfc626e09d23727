"""The log of a run begins with what concerns the run."""

from mlcore.jobs.printed import without_chatter

CHATTER = """WARNING: All log messages before absl::InitializeLog() is called are written to STDERR
I0000 00:00:1796067683.462582   28530 port.cc:153] oneDNN custom operations are on.
I0000 00:00:1796067683.463804   28530 cudart_stub.cc:31] Could not find cuda drivers, GPU will not be used.
To enable the following instructions: AVX2 FMA, in other operations, rebuild TensorFlow.
E0000 00:00:1796067686.475039   28530 cuda_platform.cc:52] failed call to cuInit: INTERNAL: CUDA error: UNKNOWN (303)
INFO: Created TensorFlow Lite XNNPACK delegate for CPU.
"""
TROUBLE = """E0000 00:00:1796067686.475039   28530 cuda_blas.cc:52] failed to create cublas handle
F0000 00:00:1796067686.475039   28530 tensor.cc:852] Check failed
Traceback (most recent call last):
MemoryError
"""


def test_what_engines_say_of_themselves_is_left_out_and_every_error_stays():
    assert without_chatter(CHATTER + TROUBLE + "mine\n") == TROUBLE + "mine\n"
