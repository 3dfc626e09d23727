"""The wing of the page Train: estimate, time budget, own layers, launch."""
