"""How good a generator is: Fréchet and kernel distance, precision/recall, memorisation, each beside its anchors.

It is compared with real pictures that it never saw, in two spaces. A distance alone says little, so each comes with
its floor (real against real) and its top (noise against real).
"""

from mlcore.generation.measure.compare import Measured, Space, measure

__all__ = ["Measured", "Space", "measure"]
