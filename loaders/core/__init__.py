"""Shared by all other folders: errors, paths, files, escaping of untrusted text, the terminal."""
