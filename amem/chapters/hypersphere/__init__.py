"""Normalise, then attend, is clustering on the sphere: section 4 of schaeffer2024bridging, which grew from
schaeffer2023probabilistic_lens, with the mixtures of banerjee2005clustering.

Its questions in their order: view, identity, gain, merging, ascent, language, accuracy, recovery.
"""
