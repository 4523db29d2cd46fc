"""Backups: one archive of database and files, taken while the service runs; brought back into an empty place."""
