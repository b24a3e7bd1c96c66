"""The commands of ``article10``, by what they are for."""
