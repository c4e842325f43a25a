"""Past runs: kept, compared, exported."""
