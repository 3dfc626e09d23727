"""Looks through a `.keras` file without loading it: a network that only does arithmetic, or a refusal.

A model file is a program. Keras' own safe mode is a list of what is forbidden, and several advisories a year find what
was forgotten; this is a list of what is allowed. A file that passes has ordinary layers, weights that are numbers and
of the shapes that its layers ask for, and nothing that names code or other files. What it asks of memory and time is
worked out from its description (`cost`) and bounded before Keras sees it.
"""

from mlcore.modelfiles.scan import ADVICE, OTHER_ENDINGS, ModelFile, glance, is_model, scan

__all__ = ["ADVICE", "OTHER_ENDINGS", "ModelFile", "glance", "is_model", "scan"]
