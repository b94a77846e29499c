-- Every monthly flow and stock of matters, as a careful analyst writes it over the same file.
-- $file: the columns of the kind; $first, $last: months as year × 12 + month − 1; regions: the codes asked for.
WITH live AS (
    SELECT path, year(day) * 12 + month(day) - 1 AS month, event, effect, days_used
    FROM read_parquet('$file')
    WHERE seq_to IS NULL
),
changes AS (
    SELECT
        path,
        month,
        count(*) FILTER (event = 'accepted') AS matters_accepted,
        count(*) FILTER (event IN ('granted', 'refused', 'done', 'passed_on')) AS matters_closed,
        count(*) FILTER (event = 'in_time') AS matters_in_time,
        count(*) FILTER (event IN ('in_time', 'overdue')) AS matters_timed,
        sum(days_used) FILTER (event IN ('granted', 'refused', 'done', 'passed_on')) AS matter_days,
        sum(effect) AS matters_open
    FROM live
    GROUP BY path, month
)
SELECT
    path,
    month,
    coalesce(matters_accepted, 0) AS matters_accepted,
    coalesce(matters_closed, 0) AS matters_closed,
    coalesce(matters_in_time, 0) AS matters_in_time,
    coalesce(matters_timed, 0) AS matters_timed,
    coalesce(matter_days, 0)::BIGINT AS matter_days,
    coalesce(sum(matters_open) OVER until_then, 0)::BIGINT AS matters_open
FROM regions
CROSS JOIN (SELECT unnest(range($first, $last + 1)) AS month) AS months
LEFT JOIN changes USING (path, month)
WINDOW until_then AS (PARTITION BY path ORDER BY month)
