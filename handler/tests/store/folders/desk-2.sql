-- A folder's desk.sqlite as version 0.1.0 wrote it, with schema 2: three cases with their mail, one of them closed,
-- and a tombstone. The sealed bytes are cut short.
PRAGMA user_version = 2;
CREATE TABLE cases (
        id TEXT PRIMARY KEY,
        version INTEGER NOT NULL,
        wake INTEGER NOT NULL,
        branch TEXT,
        sent INTEGER NOT NULL,
        body TEXT NOT NULL
    , open INTEGER NOT NULL DEFAULT 1) STRICT, WITHOUT ROWID;
CREATE INDEX cases_by_branch ON cases (branch, sent);
CREATE INDEX cases_by_wake ON cases (wake);
CREATE TABLE notices (
        id TEXT PRIMARY KEY,
        case_id TEXT NOT NULL REFERENCES cases (id),
        notice TEXT NOT NULL,
        tries INTEGER NOT NULL,
        ready INTEGER NOT NULL,
        lease INTEGER
    , since INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;
CREATE INDEX notices_by_ready ON notices (ready);
CREATE INDEX notices_by_case ON notices (case_id);
CREATE TABLE records (
        key TEXT PRIMARY KEY,
        value TEXT NOT NULL,
        expires INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
CREATE INDEX records_by_expiry ON records (expires);
CREATE TABLE tombstones (id TEXT PRIMARY KEY, wake INTEGER, body TEXT NOT NULL)
        STRICT, WITHOUT ROWID;
CREATE INDEX tombstones_by_wake ON tombstones (wake);
CREATE TABLE counts (name TEXT PRIMARY KEY, number INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO cases (id, version, wake, branch, sent, body, open) VALUES ('119449045', 1, 1796086800000, 'arlington', 1795816032060, '{"id":"119449045","kind":"request","version":1,"wake":"2026-12-01T01:00:00Z","outbox":[],"summary":{"topic":"catalog","language":"en","meet":[],"branch":"arlington","state":"open","sent":"2026-11-27T21:47:12.060184869Z","due":"2026-12-01T01:00:00Z"},"sealed":{"master":1,"bytes":"UNLPGC5IBr2SrzS33uibtrz+pzDngDzxqV4OO90K37VBuy0uo0lsN8QF5MeXxJrz"},"nonce_hash":"cea0f865e4089df7a3cd2d9a5c858b077fc4af0a4c90adf24448b1f31e63d549","links":{"generation":0,"key":1}}', 1);
INSERT INTO cases (id, version, wake, branch, sent, body, open) VALUES ('472380639', 1, 1796086800000, 'clinton', 1795816032076, '{"id":"472380639","kind":"request","version":1,"wake":"2026-12-01T01:00:00Z","outbox":[],"summary":{"topic":"catalog","language":"en","meet":[],"branch":"clinton","state":"open","sent":"2026-11-27T21:47:12.076905827Z","due":"2026-12-01T01:00:00Z"},"sealed":{"master":1,"bytes":"hnDreJBsStAQju5vnQiTXdVkD3Jk7G2WIZb+Sj+qXGgByRv6T2bROiYe29WBHktY"},"nonce_hash":"4b011e2dcffee08259d4fec05cba93c51dcaea4a6fd10ba3b62210dd25a64816","links":{"generation":0,"key":1}}', 1);
INSERT INTO cases (id, version, wake, branch, sent, body, open) VALUES ('608711243', 1, 1796086800000, 'camano-island', 1795816031957, '{"id":"608711243","kind":"request","version":1,"wake":"2026-12-01T01:00:00Z","outbox":[],"summary":{"topic":"e-books","language":"en","meet":[],"branch":"camano-island","state":"closed","sent":"2026-11-27T21:47:11.957631763Z","due":"2026-12-01T01:00:00Z"},"sealed":{"master":1,"bytes":"d4ojegSEGAJxo83zfwAGcvFajFpPBFtiCw/AlhWbERlbtG8pU6Mn0RjM8HX5qVeT"},"nonce_hash":"e68fc316e7c3a8ffb36dc08692bcbfeb8c9a92d30a4f63a10af386484bcb5006","links":{"generation":0,"key":1}}', 0);
INSERT INTO notices (id, case_id, notice, tries, ready, lease, since) VALUES ('119449045-347759009f21c148-1795816032060-0', '119449045', '{"to":{"branch":"arlington"},"what":"new_request"}', 0, 1795816032060, 77, 1795816032060);
INSERT INTO notices (id, case_id, notice, tries, ready, lease, since) VALUES ('119449045-347759009f21c148-1795816032060-1', '119449045', '{"to":"patron","what":"received"}', 1, 1795816032060, NULL, 1795816032060);
INSERT INTO notices (id, case_id, notice, tries, ready, lease, since) VALUES ('472380639-347759009f21c148-1795816032076-0', '472380639', '{"to":{"branch":"clinton"},"what":"new_request"}', 0, 1795816032076, 77, 1795816032076);
INSERT INTO notices (id, case_id, notice, tries, ready, lease, since) VALUES ('472380639-347759009f21c148-1795816032076-1', '472380639', '{"to":"patron","what":"received"}', 1, 1795816032076, NULL, 1795816032076);
INSERT INTO notices (id, case_id, notice, tries, ready, lease, since) VALUES ('608711243-347759009f21c148-1795816031957-0', '608711243', '{"to":{"branch":"camano-island"},"what":"new_request"}', 0, 1795816031957, 77, 1795816031957);
INSERT INTO notices (id, case_id, notice, tries, ready, lease, since) VALUES ('608711243-347759009f21c148-1795816031957-1', '608711243', '{"to":"patron","what":"received"}', 1, 1795816031957, NULL, 1795816031957);
INSERT INTO records (key, value, expires) VALUES ('sent 1ed12468024cf575d1c938bd7fe03bf5941e0db804660e9b81870e32a67d7dbb', '608711243', 1795902431957);
INSERT INTO records (key, value, expires) VALUES ('sent 20a9d2dfc6f1726ef80b8db53cee94889253ee233475d5b755c57c1c069db3b9', '472380639', 1795902432076);
INSERT INTO records (key, value, expires) VALUES ('sent 76d17fcfb131aad2bd5f39ef496b79689aee9dd8e7d506a27b4deb3c8cb9ac20', '119449045', 1795902432060);
INSERT INTO records (key, value, expires) VALUES ('sent d6ca3fd93cc0db7754350f8778edea7b446936af1cfbe0cb5b754d727a6bb545', '608711243', 1795902431957);
INSERT INTO tombstones (id, wake, body) VALUES ('014129737', 1795564800000, '{"id":"014129737","nonce_hash":"0707070707070707070707070707070707070707070707070707070707070707","series":"Requests","erased_on":"2026-11-20"}');
INSERT INTO counts VALUES ('2026-11 requests', 1);
