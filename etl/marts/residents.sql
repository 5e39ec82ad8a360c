CREATE TABLE residents AS
SELECT year, specialty, resident_group, residents, trust, source_id, file, line FROM raw.residents;
