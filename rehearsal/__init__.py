"""The face: the command line, one file a command."""
