//! What only DynamoDB has: tables that say whose they are, and items that an earlier release wrote.

use crate::support::{emulators, noon, reference, sent};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::routing::Snapshot;
use handler::case::body;
use handler::crypto::secrets::Secrets;
use handler::store::{Access, Cases, Keys, Ledger, Record, RecordKey, Records, Store};
use jiff::SignedDuration;

#[tokio::test]
async fn tables_of_another_desk_are_refused_and_health_tells() {
    for emulator in [emulators::dynoxide(), emulators::ministack()] {
        let store = emulators::store_in(&emulator).await;
        let [ours, others] = [(); 2].map(|()| Secrets::random().unwrap().desk_id());
        store.must_be_of(&others, Access::Reads).await.unwrap();
        store.must_be_of(&ours, Access::Writes).await.unwrap();
        store.must_be_of(&ours, Access::Reads).await.unwrap();
        for access in [Access::Reads, Access::Writes] {
            let error = store.must_be_of(&others, access).await.unwrap_err().to_string();
            assert!(error.contains("table cases") && error.contains("another desk"), "{error}");
        }
        store.health(&ours).await.unwrap();
        // What says whose they are is no request and no count.
        assert!(store.ids_after(None, 10).await.unwrap().is_empty());
        assert!(store.counts().await.unwrap().is_empty());
        assert!(store.woken(noon(), 10).await.unwrap().is_empty());
    }
}

/// What an item says of whose a table is, and of which format.
async fn format_of(emulator: &emulators::Emulator, table: &str) -> Option<AttributeValue> {
    let client = emulators::clients(&emulator.url).dynamodb;
    let id = AttributeValue::S("desk".to_owned());
    let item = client.get_item().table_name(table).key("id", id).send().await.unwrap().item;
    item.unwrap().remove("format")
}

async fn set_format(emulator: &emulators::Emulator, table: &str, format: Option<u32>) {
    let client = emulators::clients(&emulator.url).dynamodb;
    let id = AttributeValue::S("desk".to_owned());
    let update = client.update_item().table_name(table).key("id", id);
    let update = update.expression_attribute_names("#format", "format");
    match format {
        None => update.update_expression("REMOVE #format"),
        Some(format) => update
            .update_expression("SET #format = :format")
            .expression_attribute_values(":format", AttributeValue::N(format.to_string())),
    }
    .send()
    .await
    .unwrap();
}

#[tokio::test]
async fn tables_that_a_newer_version_writes_are_refused_and_health_tells() {
    for emulator in [emulators::dynoxide(), emulators::ministack()] {
        let store = emulators::store_in(&emulator).await;
        let ours = Secrets::random().unwrap().desk_id();
        store.must_be_of(&ours, Access::Writes).await.unwrap();
        for table in ["cases", "keys"] {
            let known = format_of(&emulator, table).await.unwrap();
            set_format(&emulator, table, Some(99)).await;
            let mut errors = Vec::new();
            for access in [Access::Reads, Access::Writes] {
                errors.push(store.must_be_of(&ours, access).await.unwrap_err().to_string());
            }
            let opened_now = emulators::store_in(&emulator).await;
            errors.push(opened_now.health(&ours).await.unwrap_err().to_string());
            for error in errors {
                let words = [&format!("table {table}"), "format 99", "use the newer version"];
                assert!(words.iter().all(|word| error.contains(word)), "{error}");
            }
            let stays = format_of(&emulator, table).await;
            assert_eq!(stays, Some(AttributeValue::N("99".to_owned())), "nothing was changed");
            set_format(&emulator, table, known.as_n().unwrap().parse().ok()).await;
        }
        store.must_be_of(&ours, Access::Writes).await.unwrap();
    }
}

#[tokio::test]
async fn tables_of_an_older_format_are_read_and_get_ours_once_somebody_writes() {
    for emulator in [emulators::dynoxide(), emulators::ministack()] {
        let store = emulators::store_in(&emulator).await;
        let ours = Secrets::random().unwrap().desk_id();
        store.must_be_of(&ours, Access::Writes).await.unwrap();
        for table in ["cases", "keys"] {
            let known = format_of(&emulator, table).await;
            assert!(known.is_some());
            for older in [None, Some(1)] {
                set_format(&emulator, table, older).await;
                let was = format_of(&emulator, table).await;
                store.must_be_of(&ours, Access::Reads).await.unwrap();
                assert_eq!(format_of(&emulator, table).await, was, "who reads changes nothing");
                store.must_be_of(&ours, Access::Writes).await.unwrap();
                assert_eq!(format_of(&emulator, table).await, known);
            }
        }
    }
}

#[tokio::test]
async fn health_notices_a_table_of_keys_that_was_made_anew_for_another_desk() {
    let emulator = emulators::dynoxide();
    let store = emulators::store_in(&emulator).await;
    let [ours, others] = [(); 2].map(|()| Secrets::random().unwrap().desk_id());
    store.must_be_of(&ours, Access::Writes).await.unwrap();
    let other = AttributeValue::S(others.as_str().to_owned());
    let id = AttributeValue::S("desk".to_owned());
    let client = emulators::clients(&emulator.url).dynamodb;
    let put = client.put_item().table_name("keys").item("id", id).item("desk", other);
    put.send().await.unwrap();
    let error = store.health(&ours).await.unwrap_err().to_string();
    assert!(error.contains("table keys"), "{error}");
}

#[tokio::test]
async fn a_count_of_the_moment_that_another_version_wrote_keeps_no_request_from_being_taken() {
    let emulator = emulators::dynoxide();
    let store = emulators::store_in(&emulator).await;
    let value = r#"{"branches":{"langley":{"open_requests":"many"}},"tried":[]}"#.to_owned();
    let expires = noon() + SignedDuration::from_hours(1);
    let key = RecordKey::from_stored("snapshot");
    store.put_record(&Record { key, value, expires }).await.unwrap();
    assert_eq!(store.snapshot(noon()).await.unwrap(), Snapshot::default());
    let days = ["2026-11-24", "2026-11-23"].map(|day| day.parse().unwrap());
    let look = store.first_look(reference(1), days, noon()).await.unwrap();
    assert_eq!(look.snapshot, Snapshot::default());
}

#[tokio::test]
async fn an_item_without_a_format_is_of_the_first() {
    let (emulator, secrets) = (emulators::dynoxide(), Secrets::random().unwrap());
    let store = emulators::store_in(&emulator).await;
    let (request, case) = sent(&store, &secrets, 1).await;
    store.create(&case, &[]).await.unwrap();
    let client = emulators::clients(&emulator.url).dynamodb;
    let id = AttributeValue::S(case.id.compact());
    let update = client.update_item().table_name("cases").key("id", id);
    let update = update.expression_attribute_names("#format", "format");
    update.update_expression("REMOVE #format").send().await.unwrap();
    let read = store.read(case.id).await.unwrap().unwrap();
    assert_eq!(read.sealed.format, 1);
    let key = store.existing_key(case.id).await.unwrap().unwrap();
    assert_eq!(body::open(&secrets, &key, &read).unwrap(), request);
}
