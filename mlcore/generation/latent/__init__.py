"""The latent space of a generator: sampling, interpolation, directions, inversion and edits."""
