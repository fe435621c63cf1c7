"""Where can each way to compute the normaliser be trusted?"""
