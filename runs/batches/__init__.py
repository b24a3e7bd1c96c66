"""Batches: designs of many runs, performed task by task by any executor, in a folder that survives interruptions."""
