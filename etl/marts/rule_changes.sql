-- year: the first year named in `valid_from`, where a chart marks the break; concerns: which charts.
CREATE TABLE rule_changes AS
SELECT *, try_cast(regexp_extract(valid_from, '(20[0-9]{2})', 1) AS INTEGER) AS year,
       CASE WHEN change LIKE 'Step 2 CS%' THEN 'certification'
            WHEN change LIKE 'Step%' OR change LIKE '%Canadian%' THEN 'exams'
            WHEN change LIKE 'SOAP%' THEN 'SOAP'
            WHEN change LIKE '%ERAS%' THEN 'application'
            ELSE 'registration' END AS concerns
FROM raw.rule_changes;
