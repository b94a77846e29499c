-- Every monthly flow and stock of appointments, as a careful analyst writes it over the same file.
-- $file: the columns of the kind; $first, $last: months as year × 12 + month − 1; regions: the codes asked for.
WITH live AS (
    SELECT path, year(day) * 12 + month(day) - 1 AS month, event, effect, post
    FROM read_parquet('$file')
    WHERE seq_to IS NULL
),
changes AS (
    SELECT
        path,
        month,
        count(*) FILTER (post = 'introduced_talent' AND event = 'appointed') AS talent_introduced,
        count(*) FILTER (post = 'specialist' AND event = 'appointed') AS specialists_introduced,
        count(*) FILTER (post = 'foreign_expert' AND event = 'appointed') AS foreign_experts,
        count(*) FILTER (post = 'tech_vice_president' AND event = 'appointed') AS tech_vice_presidents_appointed,
        sum(effect) FILTER (post = 'tech_vice_president') AS tech_vice_presidents,
        sum(effect) FILTER (post = 'commissioner') AS commissioners,
        sum(effect) FILTER (post = 'science_vice_head') AS science_vice_heads
    FROM live
    GROUP BY path, month
)
SELECT
    path,
    month,
    coalesce(talent_introduced, 0) AS talent_introduced,
    coalesce(specialists_introduced, 0) AS specialists_introduced,
    coalesce(foreign_experts, 0) AS foreign_experts,
    coalesce(tech_vice_presidents_appointed, 0) AS tech_vice_presidents_appointed,
    coalesce(sum(tech_vice_presidents) OVER until_then, 0)::BIGINT AS tech_vice_presidents,
    coalesce(sum(commissioners) OVER until_then, 0)::BIGINT AS commissioners,
    coalesce(sum(science_vice_heads) OVER until_then, 0)::BIGINT AS science_vice_heads
FROM regions
CROSS JOIN (SELECT unnest(range($first, $last + 1)) AS month) AS months
LEFT JOIN changes USING (path, month)
WINDOW until_then AS (PARTITION BY path ORDER BY month)
