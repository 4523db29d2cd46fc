"""Demo data: invented people and projects, taken through their lives by the real services."""
