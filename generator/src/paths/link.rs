//! Where links in content lead: to files, by paths from the file in which they stand.

/// The target of a link: a path, and the heading behind `#`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Target<'t> {
    /// The path; empty for a heading of the same file.
    pub(crate) path: &'t str,
    /// The id of the heading; empty for the whole file.
    pub(crate) anchor: &'t str,
}

impl<'t> Target<'t> {
    /// Splits what stands in a link.
    pub(crate) fn new(target: &'t str) -> Self {
        let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
        Self { path, anchor }
    }

    /// The file that a link in this file leads to.
    pub(crate) fn file(self, from: &str) -> String {
        if self.path.is_empty() { from.to_owned() } else { resolve(from, self.path) }
    }
}

/// Whether a target isn't a file of ours.
pub(crate) fn leads_outside(target: &str) -> bool {
    ["https://", "http://", "mailto:", "tel:"].iter().any(|scheme| target.starts_with(scheme))
}

/// The file that a relative path leads to.
pub(crate) fn resolve(from: &str, path: &str) -> String {
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut to = String::with_capacity(folder.len() + 1 + path.len());
    to.push_str(folder);
    for part in path.split('/') {
        match part {
            "." | "" => {}
            ".." => to.truncate(to.rfind('/').unwrap_or(0)),
            name => {
                if !to.is_empty() {
                    to.push('/');
                }
                to.push_str(name);
            }
        }
    }
    to
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_leads_to_a_file_from_the_one_in_which_it_stands() {
        let from = "content/topics/genealogy.vi.md";
        for (target, file, anchor) in [
            ("../pages/privacy.md", "content/pages/privacy.md", ""),
            ("e-books.md#cards", "content/topics/e-books.md", "cards"),
            ("./e-books.md", "content/topics/e-books.md", ""),
            ("#cards", from, "cards"),
            ("../../../a.md", "a.md", ""),
        ] {
            let target = Target::new(target);
            assert_eq!((target.file(from).as_str(), target.anchor), (file, anchor));
        }
    }
}
