CREATE TABLE fee_items AS SELECT * REPLACE (valid_from::DATE AS valid_from) FROM raw.fees;
