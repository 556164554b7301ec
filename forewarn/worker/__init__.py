"""The worker: positions of a Kafka topic through the rules, exactly once."""
