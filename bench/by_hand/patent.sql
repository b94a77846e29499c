-- Every monthly flow and stock of patents, as a careful analyst writes it over the same file.
-- $file: the columns of the kind; $first, $last: months as year × 12 + month − 1; regions: the codes asked for.
WITH live AS (
    SELECT path, year(day) * 12 + month(day) - 1 AS month, event, effect, form
    FROM read_parquet('$file')
    WHERE seq_to IS NULL
),
changes AS (
    SELECT
        path,
        month,
        count(*) FILTER (form IN ('invention', 'utility_model', 'design') AND event = 'applied') AS patent_applications,
        count(*) FILTER (form = 'invention' AND event = 'applied') AS invention_applications,
        count(*) FILTER (form IN ('invention', 'utility_model', 'design') AND event = 'granted') AS patents_granted,
        count(*) FILTER (form = 'invention' AND event = 'granted') AS inventions_granted,
        count(*) FILTER (form = 'utility_model' AND event = 'granted') AS utility_models_granted,
        count(*) FILTER (form = 'design' AND event = 'granted') AS designs_granted,
        count(*) FILTER (form = 'invention' AND event = 'received') AS inventions_received,
        count(*) FILTER (form = 'invention' AND event = 'transferred') AS inventions_transferred,
        count(*) FILTER (form = 'invention' AND event = 'lapsed') AS inventions_lapsed,
        sum(effect) FILTER (form = 'invention') AS invention_net,
        count(*) FILTER (form = 'pct' AND event = 'applied') AS pct_applications
    FROM live
    GROUP BY path, month
)
SELECT
    path,
    month,
    coalesce(patent_applications, 0) AS patent_applications,
    coalesce(invention_applications, 0) AS invention_applications,
    coalesce(patents_granted, 0) AS patents_granted,
    coalesce(inventions_granted, 0) AS inventions_granted,
    coalesce(utility_models_granted, 0) AS utility_models_granted,
    coalesce(designs_granted, 0) AS designs_granted,
    coalesce(inventions_received, 0) AS inventions_received,
    coalesce(inventions_transferred, 0) AS inventions_transferred,
    coalesce(inventions_lapsed, 0) AS inventions_lapsed,
    coalesce(invention_net, 0)::BIGINT AS invention_net,
    coalesce(sum(invention_net) OVER until_then, 0)::BIGINT AS invention_patents,
    coalesce(pct_applications, 0) AS pct_applications
FROM regions
CROSS JOIN (SELECT unnest(range($first, $last + 1)) AS month) AS months
LEFT JOIN changes USING (path, month)
WINDOW until_then AS (PARTITION BY path ORDER BY month)
