"""The language of filters and orders: text → tokens → frozen tree, and page tokens. No database is known here."""
