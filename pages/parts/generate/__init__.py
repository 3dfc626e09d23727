"""The wing of the page Generate: sampling, interpolation, directions, inversion, training a generator."""
