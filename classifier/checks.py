"""System checks: what an operator can mend before the first visitor comes."""
