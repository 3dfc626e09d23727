"""What labelling with help is worth, in words with the figures of benchmarks/results/active_labelling.json."""

BEGINNING = (
    "Measured: of photographs of ants and bees ten typical ones taught 91.7 % of right answers and ten drawn by lot "
    "80.2 %; of the ten classes of CIFAR-10, half of them made rare, twenty taught 33.7 % and by lot 27.6 %."
)
GOING_ON = (
    "Measured beside drawing by lot: after 60 labels 98.0 % of the other ants and bees were guessed right, by lot "
    "94.4 %, while new pictures were answered no better. Of CIFAR-10, half of its classes made rare, new pictures were "
    "answered right in 55.8 % after 300 labels, by lot in 48.7 %."
)
GUESSING = (
    "Of guesses that were at least 90 % sure 98.5 % were right after ten labels of ants and bees, and 92.5 % after a "
    "hundred of CIFAR-10. Look at each page all the same."
)
