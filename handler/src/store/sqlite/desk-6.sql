-- Queues: the open requests that somebody has, by their deadlines. A closed request and a canary stand
-- in none, so the index is as large as what is open. One whose row is damaged stays as it is, in no
-- queue: it keeps no other from being served.

ALTER TABLE cases ADD COLUMN queue TEXT;
ALTER TABLE cases ADD COLUMN due INTEGER NOT NULL DEFAULT 0;
UPDATE cases SET
    (queue, due) = (
        SELECT
            CASE WHEN found.due IS NOT NULL AND open = 1 AND kind IS 'request'
                THEN coalesce(branch, 'coordinator') END,
            coalesce(CAST(round(found.due * 1000) AS INTEGER), 0)
        FROM (
            SELECT
                CASE WHEN json_valid(body) THEN json_extract(body, '$.kind') END AS kind,
                CASE WHEN json_valid(body)
                    THEN unixepoch(json_extract(body, '$.summary.due'), 'subsec') END AS due
        ) AS found
    );
CREATE INDEX cases_by_queue ON cases (queue, due, id) WHERE queue IS NOT NULL;
