"""Does the sampler follow the law, and does EM find what was planted?"""
