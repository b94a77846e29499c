-- Every monthly flow of money, as a careful analyst writes it over the same file.
-- $file: the columns of the kind; $first, $last: months as year × 12 + month − 1; regions: the codes asked for.
WITH live AS (
    SELECT path, year(day) * 12 + month(day) - 1 AS month, event, purpose, level, amount
    FROM read_parquet('$file')
    WHERE seq_to IS NULL
),
changes AS (
    SELECT
        path,
        month,
        sum(amount) FILTER (purpose = 'project_funds' AND level IN ('national', 'province', 'city') AND event = 'won') AS project_funds_won,
        sum(amount) FILTER (purpose = 'project_funds' AND level = 'province' AND event = 'won') AS provincial_project_funds_won,
        sum(amount) FILTER (purpose = 'project_funds' AND level IN ('national', 'province', 'city') AND event = 'arrived') AS project_funds_received,
        sum(amount) FILTER (purpose = 'project_funds' AND level IN ('national', 'province', 'city') AND event = 'disbursed') AS project_funds_disbursed,
        sum(amount) FILTER (purpose IN ('reward', 'rnd_subsidy', 'voucher', 'patent_subsidy', 'talent_subsidy', 'platform_subsidy') AND event = 'paid') AS policy_funds_paid,
        sum(amount) FILTER (purpose IN ('reward', 'rnd_subsidy', 'platform_subsidy') AND event = 'paid') AS rewards_paid,
        sum(amount) FILTER (purpose = 'voucher' AND event = 'paid') AS vouchers_paid,
        sum(amount) FILTER (purpose = 'patent_subsidy' AND event = 'paid') AS patent_subsidies,
        sum(amount) FILTER (purpose = 'talent_subsidy' AND event = 'paid') AS talent_subsidies,
        sum(amount) FILTER (purpose = 'tech_loan' AND event = 'credited') AS loans_credited,
        sum(amount) FILTER (purpose = 'tech_loan' AND event = 'lent') AS loans_lent
    FROM live
    GROUP BY path, month
)
SELECT
    path,
    month,
    coalesce(project_funds_won, 0)::BIGINT AS project_funds_won,
    coalesce(provincial_project_funds_won, 0)::BIGINT AS provincial_project_funds_won,
    coalesce(project_funds_received, 0)::BIGINT AS project_funds_received,
    coalesce(project_funds_disbursed, 0)::BIGINT AS project_funds_disbursed,
    coalesce(policy_funds_paid, 0)::BIGINT AS policy_funds_paid,
    coalesce(rewards_paid, 0)::BIGINT AS rewards_paid,
    coalesce(vouchers_paid, 0)::BIGINT AS vouchers_paid,
    coalesce(patent_subsidies, 0)::BIGINT AS patent_subsidies,
    coalesce(talent_subsidies, 0)::BIGINT AS talent_subsidies,
    coalesce(loans_credited, 0)::BIGINT AS loans_credited,
    coalesce(loans_lent, 0)::BIGINT AS loans_lent
FROM regions
CROSS JOIN (SELECT unnest(range($first, $last + 1)) AS month) AS months
LEFT JOIN changes USING (path, month)
