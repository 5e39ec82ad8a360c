CREATE TABLE certification_facts AS SELECT * FROM raw.certification_facts;
