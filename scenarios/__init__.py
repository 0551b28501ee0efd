"""What happens, whatever the model: firm, calendar, acts, people, faults, and what should then stand."""
