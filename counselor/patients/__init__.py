"""Who comes to the counter: the record, how to find it, the certification it carries."""
