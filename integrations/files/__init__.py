"""Files that go to customers and come from them: kept, limited, and never trusted by name."""
