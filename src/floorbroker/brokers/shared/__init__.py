"""What all brokers' adapters share."""
