"""The wing of the page Evaluate: how far a model's confidence can be believed (calibration)."""
