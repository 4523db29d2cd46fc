"""Random histories of real operations under faults: what was answered is there, and nothing happened twice."""
