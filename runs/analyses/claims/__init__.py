"""What the model was made to show, claim by claim: each declared with its switch, its measure and its direction."""
