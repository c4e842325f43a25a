"""Results for people: graphs and tables beside the poster's figures. Only commands import it."""
