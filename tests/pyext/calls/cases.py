"""Runs the cases of sequences.py, and nothing else in that file."""
import sequences

for case in sequences.CASES:
    case()
