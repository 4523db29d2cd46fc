"""Arithmetic of the field: money, forms, deadlines, scores, references. No web, no database."""
