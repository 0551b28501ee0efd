"""The warehouse: versioned facts from all systems, and what a report read from it would have said when."""
