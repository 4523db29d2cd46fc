"""The benchmark: the service beside the least code that does the same work, in one run. See docs/speed.md."""
