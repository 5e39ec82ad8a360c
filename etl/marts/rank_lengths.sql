-- Couples are not in these counts, so rates differ a little from `applicants`.
CREATE TABLE rank_lengths AS
SELECT match_year, applicant_type, matched, unmatched, match_rate_pct / 100 AS match_rate,
       mean_ranks_matched, mean_ranks_unmatched, source_id, file, line
FROM raw.rank_list_lengths;
