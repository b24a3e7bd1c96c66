"""Output to a user's files and terminal: folders, files, digests, tables, progress."""
