//! A function's output: JSON lines on stdout, including metrics in the embedded metric format,
//! which CloudWatch reads from the log. Nothing in either is personal.

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use std::io::Write;
use std::process::ExitCode;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// The namespace of all metrics.
const NAMESPACE: &str = "BookALibrarian";

/// One metric value.
pub(super) struct Metric {
    pub(super) name: &'static str,
    pub(super) unit: &'static str,
    pub(super) value: u64,
}

impl Metric {
    pub(super) fn count(name: &'static str, value: usize) -> Self {
        Self { name, unit: "Count", value: u64::try_from(value).unwrap_or(u64::MAX) }
    }
}

/// Starts logging at this level (`warn`, `info`, …).
pub fn start(level: Option<&str>) {
    let levels = level.and_then(|level| level.parse().ok());
    let lines =
        tracing_subscriber::fmt::layer().json().with_current_span(true).with_span_list(false);
    tracing_subscriber::registry()
        .with(levels.unwrap_or_else(|| Targets::new().with_default(LevelFilter::INFO)))
        .with(lines)
        .init();
}

/// The exit code of a function that can't start or go on; logs the reason as a sentence.
pub fn ended(ended: Result<(), lambda_runtime::Error>) -> ExitCode {
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the function ended");
            ExitCode::FAILURE
        }
    }
}

/// Writes metrics of a function.
pub(super) fn metrics(function: &str, now: Timestamp, metrics: &[Metric]) {
    // If stdout fails, the log is lost with it; the function goes on.
    let _ = writeln!(std::io::stdout().lock(), "{}", line(function, now, metrics));
}

fn line(function: &str, now: Timestamp, metrics: &[Metric]) -> Value {
    let described: Vec<_> =
        metrics.iter().map(|metric| json!({ "Name": metric.name, "Unit": metric.unit })).collect();
    let mut line = Map::new();
    line.insert(
        "_aws".to_owned(),
        json!({
            "Timestamp": now.as_millisecond(),
            "CloudWatchMetrics": [{
                "Namespace": NAMESPACE,
                "Dimensions": [["function"]],
                "Metrics": described,
            }],
        }),
    );
    line.insert("function".to_owned(), function.into());
    for metric in metrics {
        line.insert(metric.name.to_owned(), metric.value.into());
    }
    Value::Object(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_names_its_metrics_and_holds_their_values() {
        let line = line("sweep", Timestamp::UNIX_EPOCH, &[Metric::count("Erased", 3)]);
        assert_eq!(line["Erased"], 3);
        let metrics = &line["_aws"]["CloudWatchMetrics"][0];
        assert_eq!(metrics["Namespace"], NAMESPACE);
        assert_eq!(metrics["Metrics"][0], json!({ "Name": "Erased", "Unit": "Count" }));
        assert_eq!(line[metrics["Dimensions"][0][0].as_str().unwrap()], "sweep");
    }
}
