//! The number that is said on the phone: every slip of one digit, and every swap, is noticed.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use domain::reference::{Reference, ReferenceError};
use proptest::prelude::*;

#[test]
fn it_is_read_as_people_write_and_say_it() {
    let reference = Reference::from_number(48_291_305);
    for text in
        [reference.to_string(), reference.compact(), reference.to_string().replace(' ', "-")]
    {
        assert_eq!(Reference::parse(&text), Ok(reference), "{text}");
    }
}

#[test]
fn digits_of_other_scripts_are_read() {
    let reference = Reference::from_number(12_345_678);
    let arabic: String = reference
        .compact()
        .chars()
        .map(|c| char::from_u32(u32::from(c) - 0x30 + 0x660).unwrap())
        .collect();
    assert_eq!(Reference::parse(&arabic), Ok(reference));
}

#[test]
fn what_is_no_reference_is_refused_with_its_reason() {
    assert_eq!(Reference::parse("12345"), Err(ReferenceError::NotNineDigits(5)));
    assert_eq!(Reference::parse("12345678x"), Err(ReferenceError::NotDigits));
}

proptest! {
    #[test]
    fn one_wrong_digit_is_noticed(number in 0..Reference::COUNT, place in 0_usize..9, by in 1_u8..10) {
        let mut digits = Reference::from_number(number).compact().into_bytes();
        digits[place] = b'0' + (digits[place] - b'0' + by) % 10;
        let text = String::from_utf8(digits).unwrap();
        prop_assert_eq!(Reference::parse(&text), Err(ReferenceError::WrongCheckDigit));
    }

    #[test]
    fn two_swapped_neighbors_are_noticed(number in 0..Reference::COUNT, place in 0_usize..8) {
        let mut digits = Reference::from_number(number).compact().into_bytes();
        prop_assume!(digits[place] != digits[place + 1]);
        digits.swap(place, place + 1);
        let text = String::from_utf8(digits).unwrap();
        prop_assert_eq!(Reference::parse(&text), Err(ReferenceError::WrongCheckDigit));
    }

    #[test]
    fn any_text_is_answered(text in ".*") {
        let _ = Reference::parse(&text);
    }
}
