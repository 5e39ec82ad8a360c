CREATE TABLE totals AS
SELECT match_year, positions_all, positions_pgy1, filled_all, matched_pgy1, active_applicants,
       registered_applicants, programs, source_id, file, line
FROM raw.match_totals;
