//! Emulators of DynamoDB and SES, each of its own process on a free port. They end with the test.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::create_table::{CreateTableError, CreateTableOutput};
use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, GlobalSecondaryIndex, KeySchemaElement,
    KeyType, Projection, ProjectionType, ScalarAttributeType,
};
use handler::cloud::{Clients, Endpoints, Place};
use handler::store::{DynamoDbStore, Tables};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// An emulator's process.
pub(crate) struct Emulator {
    child: Child,
    pub(crate) url: String,
    _folder: Option<TempDir>,
}

impl Drop for Emulator {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// A program of the virtual environment that `tests/run` makes, or of this machine.
fn program(name: &str) -> PathBuf {
    let own = root().join(".venv/bin").join(name);
    if own.exists() { own } else { PathBuf::from(name) }
}

/// DynamoDB alone, in memory.
pub(crate) fn dynoxide() -> Emulator {
    let path = root().join("target/dynoxide/debug/dynoxide-server");
    let mut child = Command::new(&path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{}: {error}; tests/run builds it", path.display()));
    let mut url = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut url).unwrap();
    Emulator { child, url: url.trim().to_owned(), _folder: None }
}

/// Most of AWS. Another process may be faster with a port that was free a moment ago.
pub(crate) fn ministack() -> Emulator {
    (0..5)
        .find_map(|_| ministack_at_some_port())
        .unwrap_or_else(|| panic!("ministack did not start"))
}

fn ministack_at_some_port() -> Option<Emulator> {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let folder = tempfile::tempdir().unwrap();
    let child = Command::new(program("ministack"))
        .env("TMPDIR", folder.path())
        .env("GATEWAY_PORT", port.to_string())
        .env("MINISTACK_HOST", "127.0.0.1")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| panic!("ministack: {error}; tests/run installs it"));
    let url = format!("http://127.0.0.1:{port}");
    let mut emulator = Emulator { child, url, _folder: Some(folder) };
    let patience = Instant::now() + Duration::from_secs(30);
    while !is_ministack(port) {
        if emulator.child.try_wait().unwrap().is_some() || Instant::now() > patience {
            return None;
        }
        std::thread::yield_now();
    }
    Some(emulator)
}

/// Whether it is ministack that answers there.
fn is_ministack(port: u16) -> bool {
    let ask = || {
        let mut stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(Duration::from_secs(2)))?;
        stream.write_all(b"GET /_ministack/health HTTP/1.0\r\n\r\n")?;
        let mut said = String::new();
        stream.take(4_096).read_to_string(&mut said)?;
        std::io::Result::Ok(said)
    };
    ask().is_ok_and(|said| said.starts_with("HTTP/1") && said.contains("services"))
}

pub(crate) fn clients(url: &str) -> Clients {
    let url = Some(url.to_owned());
    Clients::new(&Place {
        region: "us-west-2".to_owned(),
        access_key_id: "test".to_owned(),
        secret_access_key: "test".to_owned(),
        session_token: None,
        endpoints: Endpoints { dynamodb: url.clone(), ses: url.clone(), ssm: url },
    })
}

/// The bytes of all values in all tables.
pub(crate) async fn everything(emulator: &Emulator) -> Vec<u8> {
    let client = clients(&emulator.url).dynamodb;
    let mut bytes = Vec::new();
    for table in ["cases", "keys", "records"] {
        let page = client.scan().table_name(table).send().await.unwrap();
        assert!(page.last_evaluated_key.is_none(), "one page holds all");
        for item in page.items.unwrap() {
            item.into_values().for_each(|value| collect(&value, &mut bytes));
        }
    }
    bytes
}

fn collect(value: &AttributeValue, bytes: &mut Vec<u8>) {
    match value {
        AttributeValue::S(text) | AttributeValue::N(text) => bytes.extend(text.as_bytes()),
        AttributeValue::B(blob) => bytes.extend(blob.as_ref()),
        AttributeValue::M(map) => map.values().for_each(|value| collect(value, bytes)),
        other => panic!("no attribute of ours is {other:?}"),
    }
    bytes.push(b'\n');
}

/// Puts what a release had in its tables into those of the emulator.
pub(crate) async fn fill(emulator: &Emulator, json: &Path) {
    let client = clients(&emulator.url).dynamodb;
    let tables: serde_json::Map<String, serde_json::Value> =
        serde_json::from_slice(&std::fs::read(json).unwrap()).unwrap();
    for (table, items) in tables {
        for item in items.as_array().unwrap() {
            let item = item.as_object().unwrap().iter();
            let item = item.map(|(name, value)| (name.clone(), attribute(value))).collect();
            client.put_item().table_name(&table).set_item(Some(item)).send().await.unwrap();
        }
    }
}

/// An attribute as the command line of AWS prints it.
fn attribute(value: &serde_json::Value) -> AttributeValue {
    let (kind, value) = value.as_object().unwrap().iter().next().unwrap();
    let text = || value.as_str().unwrap().to_owned();
    match kind.as_str() {
        "S" => AttributeValue::S(text()),
        "N" => AttributeValue::N(text()),
        "B" => AttributeValue::B(data_encoding::BASE64.decode(text().as_bytes()).unwrap().into()),
        "M" => {
            let fields = value.as_object().unwrap().iter();
            AttributeValue::M(fields.map(|(name, it)| (name.clone(), attribute(it))).collect())
        }
        other => panic!("no attribute of ours is {other}"),
    }
}

/// A store in tables that are made for it.
pub(crate) async fn store_in(emulator: &Emulator) -> DynamoDbStore {
    DynamoDbStore::new(&clients(&emulator.url).dynamodb, tables_in(emulator).await)
}

/// Makes the tables as the template makes them.
pub(crate) async fn tables_in(emulator: &Emulator) -> Tables {
    let client = clients(&emulator.url).dynamodb;
    let tables = Tables {
        cases: "cases".to_owned(),
        keys: "keys".to_owned(),
        records: "records".to_owned(),
    };
    let attribute = |name: &str, kind| {
        AttributeDefinition::builder().attribute_name(name).attribute_type(kind).build().unwrap()
    };
    let key = |name: &str, kind| {
        KeySchemaElement::builder().attribute_name(name).key_type(kind).build().unwrap()
    };
    let index = |name: &str, hash, range, projection| {
        GlobalSecondaryIndex::builder()
            .index_name(name)
            .key_schema(key(hash, KeyType::Hash))
            .key_schema(key(range, KeyType::Range))
            .projection(projection)
            .build()
            .unwrap()
    };
    let summary = Projection::builder()
        .projection_type(ProjectionType::Include)
        .non_key_attributes("summary")
        .build();
    let keys_only = Projection::builder().projection_type(ProjectionType::KeysOnly).build();
    let made = client
        .create_table()
        .table_name(&tables.cases)
        .attribute_definitions(attribute("id", ScalarAttributeType::S))
        .attribute_definitions(attribute("queue", ScalarAttributeType::S))
        .attribute_definitions(attribute("due", ScalarAttributeType::N))
        .attribute_definitions(attribute("awake", ScalarAttributeType::S))
        .attribute_definitions(attribute("awake_at", ScalarAttributeType::N))
        .key_schema(key("id", KeyType::Hash))
        .global_secondary_indexes(index("queue", "queue", "due", summary))
        .global_secondary_indexes(index("wake", "awake", "awake_at", keys_only))
        .billing_mode(BillingMode::PayPerRequest)
        .send()
        .await;
    assert!(is_there(&made), "{made:?}");
    for (table, hash) in [(&tables.keys, "id"), (&tables.records, "key")] {
        let made = client
            .create_table()
            .table_name(table)
            .attribute_definitions(attribute(hash, ScalarAttributeType::S))
            .key_schema(key(hash, KeyType::Hash))
            .billing_mode(BillingMode::PayPerRequest)
            .send()
            .await;
        assert!(is_there(&made), "{made:?}");
    }
    tables
}

/// A slow answer is asked for again, and then the table is there: the emulator is this test's own.
fn is_there(made: &Result<CreateTableOutput, SdkError<CreateTableError>>) -> bool {
    made.as_ref().map_or_else(
        |error| {
            error.as_service_error().is_some_and(CreateTableError::is_resource_in_use_exception)
        },
        |_| true,
    )
}
