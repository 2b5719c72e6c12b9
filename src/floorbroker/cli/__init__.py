"""The command line: run, demo, doctor, brokers, link, verify, commands, keys."""
