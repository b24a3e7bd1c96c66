"""The report: one self-contained page on a scenario, to be passed on."""
