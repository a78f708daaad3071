"""Reports for managers: what the shelf could offer, what it can offer nobody, and what stands in for what."""
