"""The machine: its devices, its memory, and what must be in the environment before a backend loads."""
