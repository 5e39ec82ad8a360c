-- Another population again: seniors who ranked this specialty and no other.
CREATE TABLE one_specialty_outcomes AS
SELECT match_year, applicant_type, specialty, n_matched AS matched, n_unmatched AS unmatched,
       n_total AS total, note, source_id, file, line
FROM raw.seniors_ranking_one_specialty;
