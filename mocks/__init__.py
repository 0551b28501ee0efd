"""The mock SaaS systems: one folder a vendor, one shape, the same handlers in virtual time and over HTTP."""
