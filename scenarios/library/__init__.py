"""The scenarios that ship with Rehearsal, as TOML."""
