"""Batches: designs of many runs, done in tasks by any executor, in a folder that survives being stopped."""
