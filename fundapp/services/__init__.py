"""The door, and every other write."""
