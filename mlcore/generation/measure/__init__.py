"""How good a generator is: compared with real pictures it never saw, in two spaces, with anchors on both sides.

A distance alone says little, so each comes with its floor (real against real) and its top (noise against real).
"""

from mlcore.generation.measure.compare import Measured, Space, measure

__all__ = ["Measured", "Space", "measure"]
