"""Who acts: member states, Russia, the candidate, the Secretary General; one file per kind of actor."""
