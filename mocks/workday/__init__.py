"""Workday (HCM): Get_Workers over SOAP, effective-dated history, HR's desk and books."""
