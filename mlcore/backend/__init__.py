"""What needs to know which framework computes: gradients, compiled calls and the feeding of batches."""
