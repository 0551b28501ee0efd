"""The people of the firm as scripts: each file is one kind of person, `cast` puts them all on the stage."""
