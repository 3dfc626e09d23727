"""Inside a network: feature maps, activation maximisation, nearest neighbours in feature space."""
