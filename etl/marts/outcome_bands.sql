-- Outcomes by band of one characteristic. low and high bound the band, in the measure's own unit;
-- an open end is NULL, and so are both where a band is no number (yes, no, score unknown).
-- Where only a rounded percent was published, no counts are made of it.
CREATE TABLE outcome_bands AS
WITH numbered AS (
    SELECT *, try_cast(regexp_extract(band, '([0-9]+)', 1) AS INTEGER) AS first,
           try_cast(regexp_extract(band, '[0-9]+-([0-9]+)', 1) AS INTEGER) AS last
    FROM raw.outcome_bands
)
SELECT edition, applicant_type, specialty, measure, band, band_order,
       CASE WHEN band LIKE '<%' OR band LIKE '% or below' THEN NULL
            WHEN band LIKE 'above %' THEN first + 1 ELSE first END AS low,
       CASE WHEN band LIKE '<%' THEN first - 1
            WHEN band LIKE '% or more' OR band LIKE 'above %' OR band LIKE '%+' THEN NULL
            ELSE coalesce(last, first) END AS high,
       n_matched AS matched, n_not_matched AS unmatched,
       coalesce(n_total, n_matched + n_not_matched) AS total, pct_matched / 100 AS match_rate,
       trust, source_id, file, line
FROM numbered;
