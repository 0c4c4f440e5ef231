"""What an answer costs: every part of it in one run, beside the least that it could cost."""
