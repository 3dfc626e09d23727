"""The wing of the page Repair: inpainting, its fills and its alternatives."""
