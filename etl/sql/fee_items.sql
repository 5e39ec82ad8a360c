CREATE TABLE fee_items AS SELECT * FROM raw.fees;
