CREATE TABLE internal_medicine_programs AS SELECT * FROM raw.internal_medicine_programs;
