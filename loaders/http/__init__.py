"""A polite HTTP client: timeouts, retries, rate limits, proxies."""
