-- One row a Match and applicant type: matched to *any* PGY-1 position.
-- match_rate is the published rate, or the ratio of the counts where only those were read.
CREATE TABLE applicants AS
SELECT match_year, applicant_type, registered, withdrew, no_rank_list,
       active_applicants AS active, matched_pgy1 AS matched,
       coalesce(match_rate_pct / 100, matched_pgy1 / active_applicants) AS match_rate,
       match_rate_pct IS NULL AND active_applicants IS NOT NULL AS rate_from_counts,
       placed_after_soap_active AS placed_after_soap, placement_rate_active_pct / 100 AS placement_rate,
       trust, note, source_id, file, line
FROM raw.applicants_by_type;

CREATE TABLE totals AS
SELECT match_year, positions_all, positions_pgy1, filled_all, matched_pgy1, active_applicants,
       registered_applicants, programs, source_id, file, line
FROM raw.match_totals;

-- Couples are not in these counts, so rates differ a little from `applicants`.
CREATE TABLE rank_lengths AS
SELECT match_year, applicant_type, matched, unmatched, match_rate_pct / 100 AS match_rate,
       mean_ranks_matched, mean_ranks_unmatched, source_id, file, line
FROM raw.rank_list_lengths;
