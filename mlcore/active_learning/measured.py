"""What labelling with help is worth, in words with the figures of benchmarks/results/active_labelling.json."""

BEGINNING = (
    "Measured: of photographs of ants and bees ten typical ones taught 91.7 % of right answers and ten drawn by lot "
    "80.2 %; of CIFAR-10 twenty taught 45.1 % and by lot 34.3 %."
)
GOING_ON = (
    "Measured beside drawing by lot: 60 % right answers of CIFAR-10 took 72 labels, by lot 115; with half of its "
    "classes made rare, 300 labels taught 55.8 %, by lot 48.7 %. After 60 labels 98.0 % of the other ants and bees "
    "were guessed right, by lot 94.4 %, while new ones were answered no better."
)
GUESSING = (
    "Of guesses that were at least 90 % sure 98.5 % were right after ten labels of ants and bees, and 91.9 % after a "
    "hundred of CIFAR-10. Look at each page all the same."
)
