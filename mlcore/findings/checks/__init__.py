"""The shelf of checks of a data set: each is a function `(material, progress) -> list of findings`.

The trait `backbone` says that it takes what a network sees in every picture, which takes a while; `pictures` that it
looks at single pictures, which a set of clips has none of; `labels` that it needs two classes.
"""

from mlcore.registry import Registry

checks = Registry("check", __name__)
