"""How generators are trained: losses, conditioning, augmentation, the loop, and checks for mode collapse."""
