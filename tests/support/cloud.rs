//! The emulators alone, with the tables of the template, for the command.

use super::system::System;
use tempfile::TempDir;

/// The emulators, and what the command must be told to use them.
pub(crate) struct Emulated {
    _system: System,
    _site: TempDir,
    emulator: String,
    tables: [String; 3],
}

impl Emulated {
    pub(crate) fn start() -> Self {
        let site = tempfile::tempdir().unwrap();
        let (system, _) = System::cloud(site.path());
        let place = system.asked("/where");
        let text = |path: &str| place.pointer(path).unwrap().as_str().unwrap().to_owned();
        let tables = ["/tables/cases", "/tables/keys", "/tables/records"].map(text);
        let emulator = text("/emulator");
        Self { _system: system, _site: site, emulator, tables }
    }

    /// The variables of the environment. The keys' parameter isn't there yet.
    pub(crate) fn environment(&self) -> Vec<(&'static str, String)> {
        let [cases, keys, records] = self.tables.clone();
        vec![
            ("AWS_REGION", "us-west-2".to_owned()),
            ("AWS_ACCESS_KEY_ID", "test".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "test".to_owned()),
            ("AWS_ENDPOINT_URL", self.emulator.clone()),
            ("BOOK_A_LIBRARIAN_CASES_TABLE", cases),
            ("BOOK_A_LIBRARIAN_KEYS_TABLE", keys),
            ("BOOK_A_LIBRARIAN_RECORDS_TABLE", records),
            ("BOOK_A_LIBRARIAN_SECRETS_PARAMETER", "/moved/secrets".to_owned()),
        ]
    }

    /// The subjects of the mails that SES took.
    pub(crate) fn subjects(&self) -> String {
        let messages = format!("{}/_ministack/ses/messages", self.emulator);
        ureq::get(messages).call().unwrap().body_mut().read_to_string().unwrap()
    }
}
