"""What every page shares: guards, writes, error pages, the template environment, static files."""
