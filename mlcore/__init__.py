"""The core of Vitrine: everything the studio does, without a screen."""

__version__ = "0.1.0"
