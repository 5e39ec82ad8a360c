"""Match Atlas: what is neither a page nor ETL."""
