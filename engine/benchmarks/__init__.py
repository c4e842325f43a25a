"""Our times beside those of TenSEAL's stock operations; may import the studies and below."""
