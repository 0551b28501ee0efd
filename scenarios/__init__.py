"""What happens, whatever the model: firm, calendar, acts, people, faults, releases, and what should then stand."""
