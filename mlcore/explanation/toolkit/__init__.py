"""What attribution methods are made of: baselines, paths, perturbations, segments, class activation maps."""
