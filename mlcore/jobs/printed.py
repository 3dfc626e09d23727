"""What the process of a run printed, without what engines say of themselves at every start."""

import re

CHATTER = re.compile(
    r"WARNING: All log messages before absl::InitializeLog"
    r"|[IW]\d{4} \d\d:\d\d:\d+"  # information and warnings of TensorFlow and XLA; errors begin with E or F
    r"|To enable the following instructions:"
    r"|INFO: Created TensorFlow Lite"
    r"|E\d{4} .*(cuda_platform|cuda_executor).*cuInit"  # a machine without a GPU
)


def without_chatter(text: str) -> str:
    """The lines that a person has a use for; every error stays."""
    return "".join(line for line in text.splitlines(keepends=True) if not CHATTER.match(line))
