"""The model around the actors: scenario, world, network, events, accession rule, schedule, Mesa model and data."""
