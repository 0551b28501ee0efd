"""A firm's own history as a workload: event logs in, cases out, and what really happened beside what would
have."""
