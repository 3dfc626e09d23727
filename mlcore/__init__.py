"""The core of Vitrine: everything the studio does, without a screen."""

from mlcore.machine import environment, keras_folder

__version__ = "0.1.0"

environment.prepare()
keras_folder.watch()
