"""What customers allow and refuse, in their own words, for as long as it stands."""
