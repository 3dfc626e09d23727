"""What would have to be different: counterfactual edits and the search for the smallest one."""
