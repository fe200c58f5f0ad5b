"""The gateway's side of the CRM bridge."""
