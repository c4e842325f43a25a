"""How many bits of a modulus are secure: the two published tables.

Both are for classical attacks and a ternary secret; the special prime counts as part of the chain.
"""

# Largest total bits of the chain, special prime included, for 128, 192 and 256 bits of classical
# security with a ternary secret.
STANDARD_2018 = {  # Albrecht et al., "Homomorphic Encryption Standard", 2018, table 1
    4096: (109, 75, 58),
    8192: (218, 152, 118),
    16384: (438, 305, 237),
    32768: (881, 611, 476),
}
GUIDELINES_2024 = {  # Bossuat et al., "Security Guidelines for Implementing HE", 2024
    4096: (106, 73, 56),
    8192: (214, 147, 114),
    16384: (430, 297, 230),
    32768: (868, 597, 462),
}
SECURITY_BITS = (128, 192, 256)


def security_bits(table: dict[int, tuple[int, int, int]], degree: int, total_bits: int) -> int:
    """Return 256, 192 or 128, the highest level that `table` grants, or 0 if none."""
    granted = [
        bits
        for bits, limit in zip(SECURITY_BITS, table[degree], strict=True)
        if total_bits <= limit
    ]
    return max(granted, default=0)
