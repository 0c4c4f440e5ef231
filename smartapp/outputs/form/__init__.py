"""The form as data: a questionnaire and its answers to draw, and what was sent back to read.

Every question is drawn in an element with the id "item-<linkId>" ("item-unresectable"): links may lead there.
"""
