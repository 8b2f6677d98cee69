"""One part of the report each: material in, HTML out; None if there is nothing to say."""
