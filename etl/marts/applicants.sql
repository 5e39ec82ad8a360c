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
