"""Runs as pages show them: progress, learning curves, history, queue, sweeps (hyperparameter search)."""
