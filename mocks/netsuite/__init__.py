"""NetSuite (ERP): SuiteTalk REST records, async batches, SuiteQL, finance's desk and books."""
