CREATE TABLE visa_facts AS SELECT * FROM raw.visa_facts;
