"""HTTP only: a folder for each role, and what they share."""
