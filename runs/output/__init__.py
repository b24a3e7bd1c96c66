"""What goes to a user's files and terminal: folders, files moved into place, digests, tables, progress."""
