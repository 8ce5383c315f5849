"""What every other folder may use: errors, paths, files, text of strangers, the terminal."""
