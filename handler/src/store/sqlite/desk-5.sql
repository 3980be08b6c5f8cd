-- What routing asks at each send is counted by each write, so that it costs as much with a hundred
-- thousand requests kept as with none. Triggers count, as no writer can forget them.

-- Bodies of 7 KB in a table without row ids leave four rows to a page and make its tree eight pages
-- deep. With row ids, new rows come one after the other, and the ids lie in a small tree of their own.
CREATE TABLE kept (
    id TEXT PRIMARY KEY NOT NULL,
    version INTEGER NOT NULL,
    wake INTEGER NOT NULL,
    branch TEXT,
    sent INTEGER NOT NULL,
    open INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT;
INSERT INTO kept SELECT id, version, wake, branch, sent, open, body FROM cases;
DROP TABLE cases;
ALTER TABLE kept RENAME TO cases;
CREATE INDEX cases_by_wake ON cases (wake, id);

-- Open requests of each branch.
CREATE TABLE open_requests (branch TEXT PRIMARY KEY, number INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO open_requests
    SELECT branch, sum(open) FROM cases WHERE branch IS NOT NULL GROUP BY branch;

-- Requests that a branch has and that were sent on a day: days since 1970, UTC.
CREATE TABLE sent_requests (
    day INTEGER NOT NULL,
    branch TEXT NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (day, branch)
) STRICT, WITHOUT ROWID;
INSERT INTO sent_requests
    SELECT sent / 86400000, branch, count(*) FROM cases WHERE branch IS NOT NULL GROUP BY 1, 2;

CREATE TRIGGER case_added AFTER INSERT ON cases WHEN new.branch IS NOT NULL BEGIN
    INSERT INTO open_requests VALUES (new.branch, new.open)
        ON CONFLICT DO UPDATE SET number = number + new.open;
    INSERT INTO sent_requests VALUES (new.sent / 86400000, new.branch, 1)
        ON CONFLICT DO UPDATE SET number = number + 1;
END;

CREATE TRIGGER case_removed AFTER DELETE ON cases WHEN old.branch IS NOT NULL BEGIN
    UPDATE open_requests SET number = number - old.open WHERE branch = old.branch;
    UPDATE sent_requests SET number = number - 1
        WHERE day = old.sent / 86400000 AND branch = old.branch;
    DELETE FROM sent_requests
        WHERE day = old.sent / 86400000 AND branch = old.branch AND number <= 0;
END;

CREATE TRIGGER case_moved_from AFTER UPDATE OF branch, sent, open ON cases
    WHEN old.branch IS NOT NULL
        AND (old.branch IS NOT new.branch OR old.sent <> new.sent OR old.open <> new.open)
BEGIN
    UPDATE open_requests SET number = number - old.open WHERE branch = old.branch;
    UPDATE sent_requests SET number = number - 1
        WHERE day = old.sent / 86400000 AND branch = old.branch;
    DELETE FROM sent_requests
        WHERE day = old.sent / 86400000 AND branch = old.branch AND number <= 0;
END;

CREATE TRIGGER case_moved_to AFTER UPDATE OF branch, sent, open ON cases
    WHEN new.branch IS NOT NULL
        AND (old.branch IS NOT new.branch OR old.sent <> new.sent OR old.open <> new.open)
BEGIN
    INSERT INTO open_requests VALUES (new.branch, new.open)
        ON CONFLICT DO UPDATE SET number = number + new.open;
    INSERT INTO sent_requests VALUES (new.sent / 86400000, new.branch, 1)
        ON CONFLICT DO UPDATE SET number = number + 1;
END;
