-- concerns: the kinds of series that a change breaks, as in `rule_changes`.
CREATE TABLE definition_change AS
SELECT match_year, change, meaning, source_id, file, line,
       CASE change WHEN 'Single accreditation' THEN 'rates, positions, SOAP' ELSE 'rates' END AS concerns
FROM raw.definition_changes;
