"""What the chapter's tables, figures and claims call the same."""

LAYER_NORM, RMS_NORM = "LayerNorm", "RMSNorm"
NORMS = (LAYER_NORM, RMS_NORM)
EXACT = (0.0, 1e-12)
ROUNDING = "an identity: rounding in double precision, nothing else"
