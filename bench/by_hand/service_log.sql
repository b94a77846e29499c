-- Every monthly flow of services of commissioners, as a careful analyst writes it over the same file.
-- $file: the columns of the kind; $first, $last: months as year × 12 + month − 1; regions: the codes asked for.
WITH live AS (
    SELECT path, year(day) * 12 + month(day) - 1 AS month, event, people, trained, materials, varieties, techniques
    FROM read_parquet('$file')
    WHERE seq_to IS NULL AND event = 'served'
),
changes AS (
    SELECT
        path,
        month,
        count(*) AS commissioner_services,
        sum(people) AS commissioner_people_served,
        sum(trained) AS commissioner_trained,
        sum(varieties) AS commissioner_varieties,
        sum(techniques) AS commissioner_techniques,
        sum(materials) AS commissioner_materials
    FROM live
    GROUP BY path, month
)
SELECT
    path,
    month,
    coalesce(commissioner_services, 0) AS commissioner_services,
    coalesce(commissioner_people_served, 0)::BIGINT AS commissioner_people_served,
    coalesce(commissioner_trained, 0)::BIGINT AS commissioner_trained,
    coalesce(commissioner_varieties, 0)::BIGINT AS commissioner_varieties,
    coalesce(commissioner_techniques, 0)::BIGINT AS commissioner_techniques,
    coalesce(commissioner_materials, 0)::BIGINT AS commissioner_materials
FROM regions
CROSS JOIN (SELECT unnest(range($first, $last + 1)) AS month) AS months
LEFT JOIN changes USING (path, month)
