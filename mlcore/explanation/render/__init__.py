"""Explanations as pictures: heat laid over, and a page to take away."""
