"""The composition root for virtual time: the loop that is the clock, the driver of people, experiments."""
