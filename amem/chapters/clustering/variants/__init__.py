"""What the knobs of CLAM and CLAM+ELBO do."""
