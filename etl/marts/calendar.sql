CREATE TABLE calendar AS
SELECT match_year, event, date::DATE AS date, time_et, source_id, file, line FROM raw.match_calendar;
