"""The report's words, one file for each language. Both have the same keys, and every key is used: a test holds that."""
