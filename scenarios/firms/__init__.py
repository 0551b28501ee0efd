"""The firms that ship with Rehearsal, as TOML."""
