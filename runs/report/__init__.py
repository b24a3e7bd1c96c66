"""The report: one self-contained page on a scenario that an analyst would forward."""
