"""What holds for all: scenario, world, influence network, events, accession rule, schedule, Mesa model, data."""
