//! The tables of the release before.

use crate::support::{emulators, stored};
use handler::store::Access;

#[tokio::test]
async fn tables_that_are_opened_again_stay_as_they_are() {
    for emulator in [emulators::dynoxide(), emulators::ministack()] {
        let store = emulators::store_in(&emulator).await;
        emulators::fill(&emulator, &stored::stored("v1/dynamodb/tables.json")).await;
        let desk = stored::secrets_of("v1/dynamodb").desk_id();
        let before = lines(&emulator).await;
        store.must_be_of(&desk, Access::Reads).await.unwrap();
        assert_eq!(lines(&emulator).await, before, "who reads changes nothing");
        store.must_be_of(&desk, Access::Writes).await.unwrap();
        let once = lines(&emulator).await;
        assert!(before.iter().all(|line| once.contains(line)), "what was there is there");
        store.must_be_of(&desk, Access::Writes).await.unwrap();
        assert_eq!(lines(&emulator).await, once);
    }
}

/// The values of all tables, in no order of the emulator's.
async fn lines(emulator: &emulators::Emulator) -> Vec<Vec<u8>> {
    let bytes = emulators::everything(emulator).await;
    let mut lines: Vec<_> = bytes.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    lines.sort_unstable();
    lines
}
