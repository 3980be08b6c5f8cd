//! What only DynamoDB has: tables that say whose they are, and items that an earlier release wrote.

use crate::support::{emulators, noon, sent};
use aws_sdk_dynamodb::types::AttributeValue;
use handler::case::body;
use handler::crypto::secrets::Secrets;
use handler::store::{Access, Cases, Keys, Ledger, Store};

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
