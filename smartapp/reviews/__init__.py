"""The life of one review: opened by a launch, answered, saved, signed, written to the EHR, amended.

What a review knows is kept in the vault, so that a lost session or a stopped service loses nothing.
"""
