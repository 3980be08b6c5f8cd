//! From the content folder to a checked site model and its pages.
