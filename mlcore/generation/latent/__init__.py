"""The latent space of a generator: sampling, interpolation, directions, GAN inversion and edits."""
