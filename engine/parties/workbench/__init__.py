"""The playground's part of both processes: a key of its own, ciphertexts step by step."""
