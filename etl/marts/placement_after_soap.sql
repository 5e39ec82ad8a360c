CREATE TABLE placement_after_soap AS SELECT * FROM raw.placement_after_soap;
