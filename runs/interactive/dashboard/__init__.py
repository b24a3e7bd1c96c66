"""The dashboard: one run that can be watched, beside the ensemble to which it belongs."""
