"""The bridge: what the company knows about its customers, behind one API."""
