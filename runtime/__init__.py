"""What both platform services need: settings, logging, database, Redis, HTTP and security."""
