CREATE TABLE calendar AS
SELECT match_year, event, date::DATE AS date, time_et, source_id, file, line FROM raw.match_calendar;

CREATE TABLE fees AS
SELECT season, kind, from_program, to_program, fee_usd AS fee_usd_each, applies, source_id, file, line
FROM raw.eras_fees WHERE kind = 'residency' AND season >= 2026;

-- No such table is shipped; the pages show its rows as soon as one is added.
CREATE TABLE single_fees AS
SELECT season, item, fee_usd, source_id, file, line FROM raw.single_fees;

CREATE TABLE state_pathways AS
SELECT state, kind AS pathway, effective_date::DATE AS since, training_or_practice_abroad AS requirement,
       * EXCLUDE (state, source_id, file, line), source_id, file, line
FROM raw.state_pathways;

CREATE TABLE program_directors AS
SELECT survey_year, specialty, factor, measure, value, unit, source_id, file, line
FROM raw.program_director_survey;

CREATE TABLE residents AS
SELECT year, specialty, resident_group, residents, trust, source_id, file, line FROM raw.residents;

CREATE TABLE eras_applications AS
SELECT season, applicant_group, per, applications_mean, trust, source_id, file, line
FROM raw.eras_applications;

CREATE TABLE definition_change AS
SELECT match_year, change, meaning, source_id, file, line FROM raw.definition_changes;
