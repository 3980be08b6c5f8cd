-- Queues: the open requests that somebody has, by their deadlines. A closed request and a canary stand
-- in none, so the index is as large as what is open.

ALTER TABLE cases ADD COLUMN queue TEXT;
ALTER TABLE cases ADD COLUMN due INTEGER NOT NULL DEFAULT 0;
UPDATE cases SET
    queue = CASE
        WHEN open = 0 OR json_extract(body, '$.kind') <> 'request' THEN NULL
        ELSE coalesce(branch, 'coordinator')
    END,
    due = CAST(round(unixepoch(json_extract(body, '$.summary.due'), 'subsec') * 1000) AS INTEGER);
CREATE INDEX cases_by_queue ON cases (queue, due, id) WHERE queue IS NOT NULL;
