-- Every monthly flow of events, as a careful analyst writes it over the same file.
-- $file: the columns of the kind; $first, $last: months as year × 12 + month − 1; regions: the codes asked for.
WITH live AS (
    SELECT path, year(day) * 12 + month(day) - 1 AS month, event, topic, people, materials
    FROM read_parquet('$file')
    WHERE seq_to IS NULL
),
changes AS (
    SELECT
        path,
        month,
        count(*) FILTER (topic = 'matchmaking' AND event = 'held') AS matchmaking_events,
        sum(people) FILTER (topic = 'training' AND event = 'held') AS people_trained,
        sum(people) FILTER (topic = 'farm_training' AND event = 'held') AS villagers_trained,
        sum(people) FILTER (topic = 'study' AND event = 'held') AS study_visitors,
        count(*) FILTER (topic IN ('training', 'study') AND event = 'held') AS training_events,
        count(*) FILTER (topic = 'farm_training' AND event = 'held') AS farm_training_events,
        count(*) FILTER (topic = 'firm_visit' AND event = 'held') AS firm_visits,
        count(*) FILTER (topic = 'policy' AND event = 'held') AS policy_sessions,
        count(*) FILTER (topic = 'outreach' AND event = 'held') AS outreach_events,
        sum(people) FILTER (topic = 'outreach' AND event = 'held') AS outreach_people,
        sum(materials) FILTER (topic IN ('outreach', 'farm_training', 'policy') AND event = 'held') AS materials_distributed
    FROM live
    GROUP BY path, month
)
SELECT
    path,
    month,
    coalesce(matchmaking_events, 0) AS matchmaking_events,
    coalesce(people_trained, 0)::BIGINT AS people_trained,
    coalesce(villagers_trained, 0)::BIGINT AS villagers_trained,
    coalesce(study_visitors, 0)::BIGINT AS study_visitors,
    coalesce(training_events, 0) AS training_events,
    coalesce(farm_training_events, 0) AS farm_training_events,
    coalesce(firm_visits, 0) AS firm_visits,
    coalesce(policy_sessions, 0) AS policy_sessions,
    coalesce(outreach_events, 0) AS outreach_events,
    coalesce(outreach_people, 0)::BIGINT AS outreach_people,
    coalesce(materials_distributed, 0)::BIGINT AS materials_distributed
FROM regions
CROSS JOIN (SELECT unnest(range($first, $last + 1)) AS month) AS months
LEFT JOIN changes USING (path, month)
