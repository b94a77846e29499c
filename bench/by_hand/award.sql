-- Every monthly flow of awards, as a careful analyst writes it over the same file.
-- $file: the columns of the kind; $first, $last: months as year × 12 + month − 1; regions: the codes asked for.
WITH live AS (
    SELECT path, year(day) * 12 + month(day) - 1 AS month, event, prize, level
    FROM read_parquet('$file')
    WHERE seq_to IS NULL
),
changes AS (
    SELECT
        path,
        month,
        count(*) FILTER (prize IN ('science_progress', 'technological_invention', 'natural_science', 'outstanding_contribution') AND level = 'province' AND event = 'nominated') AS provincial_awards_nominated,
        count(*) FILTER (prize IN ('science_progress', 'technological_invention', 'natural_science', 'outstanding_contribution') AND level = 'province' AND event = 'awarded') AS provincial_awards_won,
        count(*) FILTER (prize IN ('science_progress', 'technological_invention', 'natural_science', 'outstanding_contribution') AND level = 'city' AND event = 'awarded') AS city_awards_won
    FROM live
    GROUP BY path, month
)
SELECT
    path,
    month,
    coalesce(provincial_awards_nominated, 0) AS provincial_awards_nominated,
    coalesce(provincial_awards_won, 0) AS provincial_awards_won,
    coalesce(city_awards_won, 0) AS city_awards_won
FROM regions
CROSS JOIN (SELECT unnest(range($first, $last + 1)) AS month) AS months
LEFT JOIN changes USING (path, month)
