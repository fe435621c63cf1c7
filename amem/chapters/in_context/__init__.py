"""Energy functions learned in context: section 1 of schaeffer2024bridging and its companion schaeffer2024icl_energy, with
the contrastive divergence of hinton2002training and du2021improved and the ranking estimation of ma2018noise."""
