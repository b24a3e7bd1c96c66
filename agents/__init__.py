"""The actors: member states, Russia, the candidate and the Secretary General; one file for each kind."""
