"""How customers are addressed: one voice a company, chosen by ASCOLTO_VOICE."""
