"""The record of what happened, and the proof that nobody touched it."""
