"""The gate: who has to log in, what a stranger sees instead of a page, and which doors of the server stay shut."""
