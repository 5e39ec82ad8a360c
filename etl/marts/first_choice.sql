CREATE TABLE first_choice AS
SELECT match_year, specialty, first_or_only_choice_applicants AS applicants,
       positions_offered AS offered, note, source_id, file, line
FROM raw.first_choice_applicants;
