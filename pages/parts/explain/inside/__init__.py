"""Look inside: feature maps, activation maximisation, nearest neighbours."""
