"""What has JavaScript of its own: a brush, a before-and-after slider, an overlay."""
