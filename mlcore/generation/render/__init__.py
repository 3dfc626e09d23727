"""Rendering made pictures: side by side (grid) and one after the other (GIF)."""
