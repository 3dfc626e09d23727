"""What a network asks of the machine, worked out from its description alone: before Keras takes any of it.

Weights that the description asks for are taken when it is built, whatever the file of weights holds, and what layers
hand on when it answers; so shapes are followed from layer to layer, as Keras would, and added up.
"""

from mlcore.modelfiles.cost.graph import cost
from mlcore.modelfiles.cost.tally import Cost

__all__ = ["Cost", "cost"]
