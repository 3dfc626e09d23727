"""Looks through a `.keras` file without loading it: a network that only does arithmetic, or a refusal.

A model file is a program. Keras' own safe mode is a list of what is forbidden, and several advisories a year find what
was forgotten; this is a list of what is allowed. A file that passes has ordinary layers of bounded size, weights that
are numbers, and nothing that names code or other files. What it may still do is take long: the shapes of weights are
only known to Keras, so a stranger's file is best loaded in a process with limits.
"""

from mlcore.modelfiles.scan import ADVICE, OTHER_ENDINGS, ModelFile, is_model, scan

__all__ = ["ADVICE", "OTHER_ENDINGS", "ModelFile", "is_model", "scan"]
