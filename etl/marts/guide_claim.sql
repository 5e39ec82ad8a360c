-- What the guide claims, beside what the tables hold. `published` is NULL where no table has it.
CREATE TABLE guide_claim AS
WITH img AS (
    SELECT match_year, applicant_type, match_rate, source_id FROM applicants
), imgs_2024 AS (
    SELECT sum(matched) FILTER (applicant_type IN ('US IMG', 'Non-US IMG')) AS imgs,
           max(matched) FILTER (applicant_type = 'All applicants') AS everyone, min(source_id) AS source_id
    FROM applicants WHERE match_year = 2024
), family_medicine AS (
    SELECT match_year, sum(filled_by_type) / any_value(filled_total) AS share, min(source_id) AS source_id
    FROM fills WHERE specialty = 'Family Medicine' AND applicant_type IN ('US IMG', 'Non-US IMG')
    GROUP BY match_year, scope QUALIFY row_number() OVER (ORDER BY match_year DESC) = 1
), step2 AS (
    SELECT edition, applicant_type, specialty, outcome, n, mean, source_id
    FROM characteristics WHERE measure = 'step2_ck' AND mean IS NOT NULL
), step2_all AS (
    SELECT edition, applicant_type, outcome, sum(n * mean) / sum(n) AS mean, sum(n) AS n, min(source_id) AS source_id
    FROM step2 GROUP BY ALL
), deadline AS (
    SELECT string_agg(strftime(date, '%-d %B %Y'), ', ' ORDER BY date DESC) AS dates,
           bool_and(month(date) = 2) AS february, max(source_id) AS source_id
    FROM calendar WHERE event = 'Rank order list certification deadline'
)
SELECT 1 AS position, 'PGY-1 match rate of U.S. IMGs in 2024' AS claim, '67.8 %' AS said,
       (SELECT format('{:.1f} %', 100 * match_rate) FROM img WHERE match_year = 2024 AND applicant_type = 'US IMG')
       || (SELECT format(' (2024); {:.1f} % is the rate of ' || match_year, 100 * match_rate) FROM img
           WHERE applicant_type = 'US IMG' AND round(100 * match_rate, 1) = 67.8) AS published,
       (SELECT CASE WHEN bool_or(match_year = 2024) THEN 'agrees' WHEN count(*) > 0 THEN 'another year' ELSE 'differs' END
        FROM img WHERE applicant_type = 'US IMG' AND round(100 * match_rate, 1) = 67.8) AS verdict,
       (SELECT source_id FROM img WHERE match_year = 2024 AND applicant_type = 'US IMG') AS source_id
UNION ALL
SELECT 2, 'PGY-1 match rate of non-U.S. IMGs in 2024', '58 %',
       (SELECT format('{:.1f} %', 100 * match_rate) FROM img WHERE match_year = 2024 AND applicant_type = 'Non-US IMG')
       || (SELECT format(' (2024); {:.1f} % is the rate of ' || match_year, 100 * match_rate) FROM img
           WHERE applicant_type = 'Non-US IMG' AND round(100 * match_rate, 1) = 58.0),
       (SELECT CASE WHEN bool_or(match_year = 2024) THEN 'agrees' WHEN count(*) > 0 THEN 'another year' ELSE 'differs' END
        FROM img WHERE applicant_type = 'Non-US IMG' AND round(100 * match_rate, 1) = 58.0),
       (SELECT source_id FROM img WHERE match_year = 2024 AND applicant_type = 'Non-US IMG')
UNION ALL
SELECT 3, 'PGY-1 positions that IMGs filled in 2024', '9,045 of 35,984 (25.1 %)',
       format('{:,} of {:,} ({:.1f} %)', imgs::BIGINT, everyone::BIGINT, 100.0 * imgs / everyone),
       CASE WHEN imgs = 9045 AND everyone = 35984 THEN 'agrees' ELSE 'differs' END, source_id FROM imgs_2024
UNION ALL
SELECT 4, 'Share of Family Medicine positions that IMGs took in 2024', '31.6 %',
       format('{:.1f} % in 2024; of the positions filled in ', s.img_share_of_first_year_positions_pct)
       || f.match_year || format(' {:.1f} %', 100 * f.share),
       CASE WHEN s.img_share_of_first_year_positions_pct = 31.6 THEN 'agrees' ELSE 'differs' END, s.source_id
FROM family_medicine f, imgs_filled_share s WHERE s.match_year = 2024 AND s.specialty = 'Family Medicine'
UNION ALL
SELECT 5, 'Mean Step 2 CK of U.S. seniors who match', 'around 248',
       format('{:.0f} for matched U.S. MD seniors in ', mean) || edition || format(' (n = {:,}, mean of the specialty means)', n::BIGINT),
       CASE WHEN abs(mean - 248) <= 3 THEN 'agrees' ELSE 'differs' END, source_id
FROM step2_all WHERE applicant_type = 'US MD Senior' AND outcome = 'matched'
UNION ALL
SELECT 6, 'IMGs who match have much higher Step 2 CK scores than those who do not', 'much higher',
       format('{:.0f} matched, {:.0f} not matched: non-U.S. IMGs in ', m.mean, u.mean) || m.edition
       || (SELECT format('; the unmatched had the higher mean in {} of {} specialties',
                         count(*) FILTER (a.mean < b.mean), count(*))
           FROM step2 a JOIN step2 b USING (edition, applicant_type, specialty)
           WHERE a.applicant_type = 'Non-US IMG' AND a.outcome = 'matched' AND b.outcome = 'not_matched'),
       'agrees in part', m.source_id
FROM step2_all m JOIN step2_all u USING (edition, applicant_type)
WHERE applicant_type = 'Non-US IMG' AND m.outcome = 'matched' AND u.outcome = 'not_matched'
UNION ALL
SELECT 7, 'A competitive Step 2 CK score for an IMG', 'starts at 245 to 250; 255 to 260 and more for surgery or dermatology',
       (SELECT string_agg(format('{} {:.0f}', specialty, mean), ', ' ORDER BY specialty) FROM step2
        WHERE applicant_type = 'Non-US IMG' AND outcome = 'matched'
              AND specialty IN ('Internal Medicine', 'Family Medicine', 'Pediatrics', 'General Surgery', 'Dermatology'))
       || ': mean of matched non-U.S. IMGs, ' || (SELECT max(edition) FROM step2 WHERE applicant_type = 'Non-US IMG'),
       'see figures', (SELECT max(source_id) FROM step2 WHERE applicant_type = 'Non-US IMG')
UNION ALL
SELECT 8, 'Certification is due by the rank order list deadline in February', 'usually in February',
       dates, CASE WHEN february THEN 'agrees' ELSE 'agrees in part' END, source_id FROM deadline
UNION ALL
SELECT 9, 'IMGs among all practicing physicians and residents', 'about 25 %',
       string_agg(format('{:.1f} % of ', img_share_pct) || population || ' (' || year || ')', '; ' ORDER BY year DESC),
       'agrees in part', max(source_id)
FROM img_share_of_physicians WHERE specialty_or_area IN ('All specialties', 'United States') AND img_share_pct IS NOT NULL
UNION ALL
SELECT 10, 'Time from first preparation to Match Day', '18 to 36 months', NULL, 'no table has it', NULL
UNION ALL
SELECT 11, 'Share of IMG residents that marks a friendly program', '15 to 20 % or more', NULL, 'no table has it', NULL
UNION ALL
SELECT 12, 'U.S. clinical experience that is enough', 'three months, hands-on', NULL, 'no table has it', NULL
UNION ALL
SELECT 13, 'Letters of recommendation from U.S. physicians', 'three to four', NULL, 'no table has it', NULL;
