"""Measure the generator that comes along, with the figures kept beside it: `measures.json`, as 'How good is it?' shows.

python -m benchmarks.generator_starter    needs the data set mnist that it learned from
"""

from mlcore import data, generation, library
from mlcore.generation.measure import measure, store

GENERATOR, JUDGE, PICTURES = "made-up-digits", "handwritten-digits", 2000


def main() -> None:
    """Measure as the task does, with all of its defaults, and keep the figures in the starter's folder."""
    generator, judge = generation.open(GENERATOR), library.open_classifier(JUDGE)
    dataset = data.open(generator.card.data)
    measurement = measure(generator, dataset, judge, PICTURES)
    store.save(generator.folder, measurement, dataset, GENERATOR)
    print(measurement)


if __name__ == "__main__":
    main()
