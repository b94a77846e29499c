-- Every monthly flow of technology contracts, as a careful analyst writes it over the same file.
-- $file: the columns of the kind; $first, $last: months as year × 12 + month − 1; regions: the codes asked for.
WITH live AS (
    SELECT path, year(day) * 12 + month(day) - 1 AS month, event, type, amount, tech_amount
    FROM read_parquet('$file')
    WHERE seq_to IS NULL
),
changes AS (
    SELECT
        path,
        month,
        count(*) FILTER (event = 'registered') AS contracts_registered,
        sum(amount) FILTER (event = 'registered') AS contract_registered_value,
        sum(tech_amount) FILTER (event = 'registered') AS contract_registered_technology_value,
        sum(amount) FILTER (event = 'signed') AS contract_signed_value
    FROM live
    GROUP BY path, month
)
SELECT
    path,
    month,
    coalesce(contracts_registered, 0) AS contracts_registered,
    coalesce(contract_registered_value, 0)::BIGINT AS contract_registered_value,
    coalesce(contract_registered_technology_value, 0)::BIGINT AS contract_registered_technology_value,
    coalesce(contract_signed_value, 0)::BIGINT AS contract_signed_value
FROM regions
CROSS JOIN (SELECT unnest(range($first, $last + 1)) AS month) AS months
LEFT JOIN changes USING (path, month)
