//! Data to HTML or mail, in the reader's language.
