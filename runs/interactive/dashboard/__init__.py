"""The dashboard: one world that can be watched, beside the ensemble that it is drawn from."""
