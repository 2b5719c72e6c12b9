"""The command line: run, demo, doctor, brokers, commands, keys."""
