CREATE TABLE program_directors AS
SELECT survey_year, specialty, factor, measure, value, unit, source_id, file, line
FROM raw.program_director_survey;
