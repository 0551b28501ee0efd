"""The composition root for real time: the very same systems and pipeline over HTTP."""
