"""Over which steps and noises of the sampler is contrastive divergence stable?"""
