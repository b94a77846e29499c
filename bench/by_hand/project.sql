-- Every monthly flow and stock of projects, as a careful analyst writes it over the same file.
-- $file: the columns of the kind; $first, $last: months as year × 12 + month − 1; regions: the codes asked for.
WITH live AS (
    SELECT path, year(day) * 12 + month(day) - 1 AS month, event, effect, programme, level, amount
    FROM read_parquet('$file')
    WHERE seq_to IS NULL
),
changes AS (
    SELECT
        path,
        month,
        count(*) FILTER (level = 'province' AND event = 'applied') AS provincial_project_applications,
        count(*) FILTER (level = 'province' AND event = 'approved') AS provincial_project_approvals,
        count(*) FILTER (programme = 'key_rnd' AND level = 'province' AND event = 'approved') AS key_rnd_approvals,
        count(*) FILTER (level = 'city' AND event = 'approved') AS city_projects_approved,
        count(*) FILTER (level IN ('national', 'province', 'city') AND event = 'approved') AS superior_projects_approved,
        count(*) FILTER (event = 'accepted') AS projects_accepted,
        sum(effect) AS projects_running
    FROM live
    GROUP BY path, month
)
SELECT
    path,
    month,
    coalesce(provincial_project_applications, 0) AS provincial_project_applications,
    coalesce(provincial_project_approvals, 0) AS provincial_project_approvals,
    coalesce(key_rnd_approvals, 0) AS key_rnd_approvals,
    coalesce(city_projects_approved, 0) AS city_projects_approved,
    coalesce(superior_projects_approved, 0) AS superior_projects_approved,
    coalesce(projects_accepted, 0) AS projects_accepted,
    coalesce(sum(projects_running) OVER until_then, 0)::BIGINT AS projects_running
FROM regions
CROSS JOIN (SELECT unnest(range($first, $last + 1)) AS month) AS months
LEFT JOIN changes USING (path, month)
WINDOW until_then AS (PARTITION BY path ORDER BY month)
