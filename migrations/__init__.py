"""The schema, revision by revision. Run with `fundapp db upgrade`."""
