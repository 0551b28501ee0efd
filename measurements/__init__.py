"""What happened, judged by a stranger: facts read from the systems' books, KPIs and the audit over them."""
