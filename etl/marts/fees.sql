CREATE TABLE fees AS
SELECT season, kind, from_program, to_program, fee_usd AS fee_usd_each, applies, source_id, file, line
FROM raw.eras_fees WHERE kind = 'residency' AND season >= 2026;
