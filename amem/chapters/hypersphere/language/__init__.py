"""Are concentration and mixing weight tied in a trained model, and does it pay to untie them?"""
