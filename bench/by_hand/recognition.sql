-- Every monthly flow and stock of titles, as a careful analyst writes it over the same file.
-- $file: the columns of the kind; $first, $last: months as year × 12 + month − 1; regions: the codes asked for.
WITH live AS (
    SELECT path, year(day) * 12 + month(day) - 1 AS month, event, effect, title, level, origin
    FROM read_parquet('$file')
    WHERE seq_to IS NULL
),
changes AS (
    SELECT
        path,
        month,
        count(*) FILTER (title = 'high_tech_enterprise' AND event = 'applied') AS high_tech_applications,
        count(*) FILTER (title = 'high_tech_enterprise' AND event IN ('recognised', 're_recognised')) AS high_tech_recognised,
        count(*) FILTER (title = 'high_tech_enterprise' AND event IN ('recognised', 're_recognised') AND origin = 'applied') AS high_tech_recognised_applied,
        count(*) FILTER (title = 'high_tech_enterprise' AND event IN ('recognised', 're_recognised') AND origin = 'announced') AS high_tech_recognised_announced,
        count(*) FILTER (title = 'high_tech_enterprise' AND event = 'recognised') AS high_tech_new,
        count(*) FILTER (title = 'high_tech_enterprise' AND event = 're_recognised') AS high_tech_renewed,
        sum(effect) FILTER (title = 'high_tech_enterprise') AS high_tech_net,
        count(*) FILTER (title = 'tech_sme' AND event IN ('recognised', 're_recognised')) AS tech_sme_registered,
        count(*) FILTER (title = 'tech_sme' AND event = 'recognised') AS tech_sme_new,
        sum(effect) FILTER (title = 'tech_sme') AS tech_smes,
        count(*) FILTER (title = 'innovative_enterprise' AND level = 'province' AND event = 'applied') AS innovative_applications,
        count(*) FILTER (title = 'innovative_enterprise' AND level = 'province' AND event IN ('recognised', 're_recognised')) AS innovative_recognised,
        count(*) FILTER (title = 'high_growth_enterprise' AND event = 'recognised') AS high_growth_recognised,
        count(*) FILTER (title = 'patent_demonstration_enterprise' AND level = 'province' AND event = 'applied') AS patent_demonstration_province_applications,
        count(*) FILTER (title = 'patent_demonstration_enterprise' AND level = 'city' AND event = 'recognised') AS patent_demonstration_city_recognised,
        count(*) FILTER (title = 'patent_demonstration_enterprise' AND level = 'county' AND event = 'recognised') AS patent_demonstration_county_recognised,
        sum(effect) FILTER (title = 'patent_demonstration_enterprise' AND level IN ('province', 'city', 'county')) AS patent_demonstration_titles,
        count(*) FILTER (title = 'rnd_institute' AND level = 'province' AND event = 'recognised') AS rnd_institutes_new,
        count(*) FILTER (title = 'rnd_center' AND level = 'province' AND event = 'recognised') AS rnd_centers_province_new,
        count(*) FILTER (title = 'rnd_center' AND level = 'city' AND event = 'recognised') AS rnd_centers_city_new,
        sum(effect) FILTER (title IN ('rnd_institute', 'rnd_center', 'engineering_center') AND level IN ('national', 'province', 'city')) AS rnd_bodies,
        count(*) FILTER (title = 'incubator' AND level IN ('national', 'province', 'city') AND event = 'recognised') AS incubators_new,
        sum(effect) FILTER (title = 'incubator' AND level IN ('national', 'province', 'city')) AS incubators,
        count(*) FILTER (title = 'maker_space' AND level = 'city' AND event = 'recognised') AS maker_spaces_city_new,
        sum(effect) FILTER (title = 'maker_space' AND level IN ('national', 'province', 'city')) AS maker_spaces
    FROM live
    GROUP BY path, month
)
SELECT
    path,
    month,
    coalesce(high_tech_applications, 0) AS high_tech_applications,
    coalesce(high_tech_recognised, 0) AS high_tech_recognised,
    coalesce(high_tech_recognised_applied, 0) AS high_tech_recognised_applied,
    coalesce(high_tech_recognised_announced, 0) AS high_tech_recognised_announced,
    coalesce(high_tech_new, 0) AS high_tech_new,
    coalesce(high_tech_renewed, 0) AS high_tech_renewed,
    coalesce(high_tech_net, 0)::BIGINT AS high_tech_net,
    coalesce(sum(high_tech_net) OVER until_then, 0)::BIGINT AS high_tech_enterprises,
    coalesce(tech_sme_registered, 0) AS tech_sme_registered,
    coalesce(tech_sme_new, 0) AS tech_sme_new,
    coalesce(sum(tech_smes) OVER until_then, 0)::BIGINT AS tech_smes,
    coalesce(innovative_applications, 0) AS innovative_applications,
    coalesce(innovative_recognised, 0) AS innovative_recognised,
    coalesce(high_growth_recognised, 0) AS high_growth_recognised,
    coalesce(patent_demonstration_province_applications, 0) AS patent_demonstration_province_applications,
    coalesce(patent_demonstration_city_recognised, 0) AS patent_demonstration_city_recognised,
    coalesce(patent_demonstration_county_recognised, 0) AS patent_demonstration_county_recognised,
    coalesce(sum(patent_demonstration_titles) OVER until_then, 0)::BIGINT AS patent_demonstration_titles,
    coalesce(rnd_institutes_new, 0) AS rnd_institutes_new,
    coalesce(rnd_centers_province_new, 0) AS rnd_centers_province_new,
    coalesce(rnd_centers_city_new, 0) AS rnd_centers_city_new,
    coalesce(sum(rnd_bodies) OVER until_then, 0)::BIGINT AS rnd_bodies,
    coalesce(incubators_new, 0) AS incubators_new,
    coalesce(sum(incubators) OVER until_then, 0)::BIGINT AS incubators,
    coalesce(maker_spaces_city_new, 0) AS maker_spaces_city_new,
    coalesce(sum(maker_spaces) OVER until_then, 0)::BIGINT AS maker_spaces
FROM regions
CROSS JOIN (SELECT unnest(range($first, $last + 1)) AS month) AS months
LEFT JOIN changes USING (path, month)
WINDOW until_then AS (PARTITION BY path ORDER BY month)
