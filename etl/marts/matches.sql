-- Two printed names of one specialty can stand in one year's table (Plastic Surgery): summed.
CREATE TABLE matches AS
SELECT match_year, applicant_type, specialty, sum(matched_pgy1)::BIGINT AS matched,
       min(source_id) AS source_id, min(file) AS file, min(line) AS line
FROM raw.matches_by_specialty GROUP BY match_year, applicant_type, specialty;
