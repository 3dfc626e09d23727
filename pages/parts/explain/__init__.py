"""The wing of the page Explain: attribution maps, their grades, counterfactuals, comparisons."""
