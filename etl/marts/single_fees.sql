-- No such table is shipped; the pages show its rows as soon as one is added.
CREATE TABLE single_fees AS
SELECT season, item, fee_usd, source_id, file, line FROM raw.single_fees;
