CREATE TABLE resident_facts AS SELECT * FROM raw.resident_facts;
