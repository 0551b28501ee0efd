"""One Salesforce org that is CRM and Certinia PSA: API v67.0, change events, call-outs, desk and books."""
