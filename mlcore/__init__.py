"""The core of Vitrine: everything the studio does, without a screen."""

from mlcore.machine import environment

__version__ = "0.1.0"

environment.prepare()
