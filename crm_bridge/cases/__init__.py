"""Problems that outlive a conversation: topic, status, promises, outcome."""
