"""From published tables to the database the pages read: contracts, checks, SQL, publication."""
