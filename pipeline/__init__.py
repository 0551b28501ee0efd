"""The integration under test: workflows say what must happen, patterns how it is triggered and moved."""
