"""The wing of the page Classify: many pictures in one table."""
