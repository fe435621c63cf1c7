"""Is a kernel density estimator a modern Hopfield network?"""
