"""What labelling with help is worth, in words with the figures of benchmarks/results/active_labelling.json."""

BEGINNING = (
    "Of photographs of ants and bees ten such pictures taught 92 % of right answers where ten drawn by lot taught "
    "80 %; from twenty on it made no difference."
)
GOING_ON = BEGINNING
