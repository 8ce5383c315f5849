"""What `make bench` measures: speed and memory, on this machine, said with the command that found them."""
