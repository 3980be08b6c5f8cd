//! The routing snapshot. Each write updates the counts, by triggers (`desk-5.sql`).

use super::small;
use crate::store::{RecordKey, StoreError, mailboxes, week};
use domain::BranchId;
use domain::routing::{BranchSnapshot, Snapshot};
use jiff::Timestamp;
use rusqlite::{Connection, Row, ToSql};

pub(super) fn snapshot(connection: &Connection, now: Timestamp) -> Result<Snapshot, StoreError> {
    let mut snapshot = Snapshot::default();
    let open = "SELECT branch, number FROM open_requests WHERE number > 0";
    count(connection, &mut snapshot, open, &[], |branch, number| branch.open_requests = number)?;
    let sent =
        "SELECT branch, sum(number) FROM sent_requests WHERE day BETWEEN ? AND ? GROUP BY branch";
    let week = week(now);
    let days: [&dyn ToSql; 2] = [week.start(), week.end()];
    count(connection, &mut snapshot, sent, &days, |branch, number| branch.sent_this_week = number)?;
    let mailboxes = small::records_beginning_with(connection, RecordKey::UNHEALTHY_MAILBOXES)?;
    mailboxes::merge(&mut snapshot, &mailboxes, now);
    Ok(snapshot)
}

fn count(
    connection: &Connection,
    snapshot: &mut Snapshot,
    sql: &str,
    params: &[&dyn ToSql],
    set: impl Fn(&mut BranchSnapshot, u32),
) -> Result<(), StoreError> {
    let mut counts = connection.prepare_cached(sql)?;
    let row = |row: &Row<'_>| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?));
    for row in counts.query_map(params, row)? {
        let (branch, number) = row?;
        let id = BranchId::parse(&branch).map_err(|error| StoreError::Unreadable {
            what: "a case's branch".to_owned(),
            error: error.to_string(),
        })?;
        set(snapshot.branches.entry(id).or_default(), u32::try_from(number).unwrap_or_default());
    }
    Ok(())
}
