"""A broker whose behaviour is written in the operator's options of the test."""
