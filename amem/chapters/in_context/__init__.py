"""Energy functions learned in context: section 1 of schaeffer2024bridging and its companion schaeffer2024icl_energy,
with contrastive divergence (hinton2002training, du2021improved) and ranking estimation (ma2018noise).

Its questions, in the order of the page: training, landscapes, sharpening, orders, pools, samples, wells, stability,
families, regression, identities.
"""
