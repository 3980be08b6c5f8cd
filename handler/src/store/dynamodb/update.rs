//! Builds an `UpdateItem`. Names and values get numbered placeholders, so that reserved words and
//! ids with hyphens cause no trouble.

use super::attributes::Item;
use aws_sdk_dynamodb::types::AttributeValue;
use std::collections::HashMap;

/// The parts of an update.
#[derive(Default)]
pub(super) struct Update {
    set: Vec<String>,
    remove: Vec<String>,
    add: Vec<String>,
    delete: Vec<String>,
    conditions: Vec<String>,
    /// `#n0` → a name.
    pub(super) names: HashMap<String, String>,
    /// `:v0` → a value.
    pub(super) values: Item,
}

impl Update {
    fn name(&mut self, name: &str) -> String {
        let place = format!("#n{}", self.names.len());
        self.names.insert(place.clone(), name.to_owned());
        place
    }

    fn path(&mut self, path: &[&str]) -> String {
        path.iter().map(|part| self.name(part)).collect::<Vec<_>>().join(".")
    }

    fn value(&mut self, value: AttributeValue) -> String {
        let place = format!(":v{}", self.values.len());
        self.values.insert(place.clone(), value);
        place
    }

    pub(super) fn set(&mut self, path: &[&str], value: AttributeValue) {
        let assignment = format!("{} = {}", self.path(path), self.value(value));
        self.set.push(assignment);
    }

    /// Sets it unless it exists.
    pub(super) fn set_if_absent(&mut self, name: &str, value: AttributeValue) {
        let (name, value) = (self.name(name), self.value(value));
        self.set.push(format!("{name} = if_not_exists({name}, {value})"));
    }

    pub(super) fn remove(&mut self, path: &[&str]) {
        let path = self.path(path);
        self.remove.push(path);
    }

    /// Adds to a number; a missing one counts as 0.
    pub(super) fn add(&mut self, name: &str, number: AttributeValue) {
        let sum = format!("{} {}", self.name(name), self.value(number));
        self.add.push(sum);
    }

    /// Removes members from a set.
    pub(super) fn delete(&mut self, name: &str, members: AttributeValue) {
        let members = format!("{} {}", self.name(name), self.value(members));
        self.delete.push(members);
    }

    /// Only if this attribute has this value. A missing one has none.
    pub(super) fn only_if(&mut self, path: &[&str], is: &str, value: AttributeValue) {
        let condition = format!("{} {is} {}", self.path(path), self.value(value));
        self.conditions.push(condition);
    }

    /// Only if this attribute exists.
    pub(super) fn only_if_there(&mut self, name: &str) {
        let condition = format!("attribute_exists({})", self.name(name));
        self.conditions.push(condition);
    }

    /// Only if this attribute doesn't exist.
    pub(super) fn only_if_absent(&mut self, path: &[&str]) {
        let condition = format!("attribute_not_exists({})", self.path(path));
        self.conditions.push(condition);
    }

    pub(super) fn expression(&self) -> String {
        let clauses = [
            ("SET", &self.set),
            ("REMOVE", &self.remove),
            ("ADD", &self.add),
            ("DELETE", &self.delete),
        ];
        let used = clauses.iter().filter(|(_, parts)| !parts.is_empty());
        used.map(|(verb, parts)| format!("{verb} {}", parts.join(", ")))
            .collect::<Vec<_>>()
            .join(" ")
    }

    pub(super) fn condition(&self) -> Option<String> {
        (!self.conditions.is_empty()).then(|| self.conditions.join(" AND "))
    }
}
