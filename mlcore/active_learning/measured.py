"""What labelling with help is worth, in words with the figures of benchmarks/results/active_labelling.json."""

BEGINNING = (
    "Measured: of photographs of ants and bees ten typical ones taught 91.7 % of right answers and ten drawn by lot "
    "80.2 %; of CIFAR-10 twenty taught 42.1 % and by lot 34.3 %."
)
GOING_ON = (
    "Measured beside drawing by lot: after 60 labels 98.0 % of the other ants and bees were guessed right, by lot "
    "94.4 %. For new pictures help was ahead by 4.7 points after 60 labels of CIFAR-10 and level after 300; where half "
    "of its classes were ten times rarer, ahead by 7.5 then."
)
GUESSING = (
    "Of guesses that were at least 90 % sure 98.5 % were right after ten labels of ants and bees. "
    "Look at each page all the same."
)
