//! Numbers and addresses as people type and paste them: the same person is read as the same, however
//! it was typed.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use domain::{Email, Phone};
use proptest::prelude::*;
use rlibphonenumber::enums::{PhoneNumberFormat, Region};
use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumber};

/// How `Phone` reads a text: what a link dials, or why not.
fn dialed(text: &str) -> Result<String, domain::contact::PhoneError> {
    Phone::parse(text).map(|phone| phone.dial())
}

#[track_caller]
fn check_phone(text: &str, expected: &str) {
    assert_eq!(dialed(text).as_deref(), Ok(expected), "{text:?}");
}

#[track_caller]
fn check_email(text: &str, expected: &str) {
    let read = Email::parse(text);
    assert_eq!(read.as_ref().map(Email::as_str), Ok(expected), "{text:?}");
}

#[test]
fn marks_that_nobody_sees_are_no_part_of_a_number() {
    for mark in [
        '\u{200B}', '\u{200E}', '\u{200F}', '\u{202A}', '\u{202C}', '\u{2066}', '\u{2069}',
        '\u{2060}', '\u{FEFF}', '\u{00AD}', '\u{061C}', '\u{FE0F}', '\u{00A0}', '\u{202F}',
    ] {
        check_phone(&format!("{mark}425{mark}-555-{mark}0100{mark}"), "+14255550100");
        check_phone(&format!("{mark}+84 24 3825{mark} 2345"), "+842438252345");
    }
}

#[test]
fn the_digits_and_signs_of_every_keyboard_are_read() {
    check_phone("４２５－５５５－０１００", "+14255550100");
    check_phone("＋８４　２４　３８２５　２３４５", "+842438252345");
    check_phone("４２５５５５０１００ｘ１２", "+14255550100;ext=12");
    for zero in ['٠', '۰', '०', '০', '๐', '០', '၀', '߀', '᠐'] {
        let typed = "4255550100"
            .chars()
            .map(|digit| char::from_u32(u32::from(zero) + digit.to_digit(10).unwrap()).unwrap());
        check_phone(&typed.collect::<String>(), "+14255550100");
    }
    for dash in ['\u{2010}', '\u{2011}', '\u{2013}', '\u{2014}', '\u{2212}', '\u{FE58}', '·', 'ー']
    {
        check_phone(&format!("425{dash}555{dash}0100"), "+14255550100");
    }
}

#[test]
fn what_is_dialed_before_a_number_is_no_part_of_it() {
    for typed in [
        "+84 24 3825 2345",
        "0084 24 3825 2345",
        "００84 24 3825 2345",
        "011 84 24 3825 2345",
        "+84 (0)24 3825 2345",
        "+84 024 3825 2345",
        "0084 (0)24 3825 2345",
        "+00 84 24 3825 2345",
    ] {
        check_phone(typed, "+842438252345");
    }
    for typed in ["001 425 555 0100", "011 1 425 555 0100", "+1 425 555 0100", "1-425-555-0100"] {
        check_phone(typed, "+14255550100");
    }
    // In Italy the zero is dialed from abroad, too.
    check_phone("+39 (0)6 698 12345", "+390669812345");
}

#[test]
fn a_number_that_was_copied_with_its_label_is_read() {
    for typed in [
        "tel:+1-425-555-0100",
        "TEL:425-555-0100",
        "Tel. 425-555-0100",
        "Phone: 425-555-0100",
        "tel:+14255550100;isub=12",
        "℡ 425-555-0100",
    ] {
        check_phone(typed, "+14255550100");
    }
}

#[test]
fn an_extension_is_read_however_it_is_written() {
    for typed in [
        "425-555-0100 ext. 12",
        "425-555-0100 Extension 12",
        "425-555-0100 extn 12",
        "425-555-0100, ext 12",
        "425-555-0100x12",
        "425-555-0100 #12",
        "425-555-0100,,12",
        "+1 425 555 0100;ext=12",
        "tel:+1-425-555-0100;ext=12",
        "425-555-0100 доб. 12",
        "425-555-0100 分机 12",
        "425-555-0100 máy lẻ 12",
    ] {
        check_phone(typed, "+14255550100;ext=12");
    }
}

#[test]
fn what_was_stored_opens_though_it_would_be_refused_today() {
    for stored in ["+840243825234", "+8424382 ext 12", "+14255550100 ext 1234567"] {
        let read: Result<Phone, _> = serde_json::from_value(serde_json::json!(stored));
        assert!(read.is_ok(), "{stored}");
    }
    let email: Email = serde_json::from_value(serde_json::json!("x@host.123")).unwrap();
    assert_eq!(email.as_str(), "x@host.123");
    assert!(serde_json::from_value::<Email>(serde_json::json!("x@b.example\r\nBcc: c@d")).is_err());
}

#[test]
fn an_address_is_read_as_it_was_typed_or_pasted() {
    for typed in [
        "lan@example.com",
        " lan@example.com ",
        "lan @ example.com",
        "\u{200B}lan@\u{200E}exam\u{00AD}ple.com\u{202C}",
        "lan\u{200D}@exam\u{200D}ple.com",
        "lan@Example.COM",
        "ｌａｎ＠ｅｘａｍｐｌｅ．ｃｏｍ",
        "lan＠example。com",
        "mailto:lan@example.com",
        "MAILTO:lan@example.com?subject=Hello",
        "<lan@example.com>",
        "lan@example.com.",
        "lan@example.com,",
    ] {
        check_email(typed, "lan@example.com");
    }
}

#[test]
fn a_domain_beyond_ascii_is_kept_for_mail_servers_and_shown_to_people() {
    for typed in ["lan@thư-viện.example", "lan@THƯ-VIỆN.example", "lan@xn--th-vin-4zb3960d.example"]
    {
        check_email(typed, "lan@xn--th-vin-4zb3960d.example");
        assert_eq!(Email::parse(typed).unwrap().readable(), "lan@thư-viện.example");
    }
    check_email("lan@例え.テスト", "lan@xn--r8jz45g.xn--zckzah");
    check_email("lan@bücher.example", "lan@xn--bcher-kva.example");
    assert_eq!(Email::parse("Lan@Example.com").unwrap().readable(), "Lan@example.com");
}

#[test]
fn what_no_mail_can_be_sent_to_is_refused() {
    for typed in [
        "x@127.0.0.1",
        "x@[127.0.0.1]",
        "x@[1.2.3.4]",
        "x@[IPv6:::1]",
        "x@host.123",
        "x@host",
        "x@-host.example",
        "x@host-.example",
        "x@ho_st.example",
        "x@a..example",
        "x@.example",
        "@example.com",
        "x y@example.com",
        "\"x y\"@example.com",
        "x@exam ple.com",
        "x@example.com\r\nBcc: y@example.com",
        "x@example.com\u{0}",
        "用户@example.com",
        "x@y@example.com",
    ] {
        assert!(Email::parse(typed).is_err(), "{typed:?}");
    }
    let long = format!("{}@example.com", "x".repeat(65));
    assert!(Email::parse(&long).is_err());
    let long = format!("x@{}.example", "y".repeat(64));
    assert!(Email::parse(&long).is_err());
}

#[test]
fn the_same_mailbox_folds_to_the_same() {
    let folded = |text: &str| Email::parse(text).unwrap().folded();
    assert_eq!(folded("Lan@Thư-Viện.example"), folded("lan@xn--TH-VIN-4zb3960d.EXAMPLE"));
}

/// Numbers that exist, one for each region that the library knows.
fn examples() -> Vec<(Region, PhoneNumber)> {
    let regions = PHONE_NUMBER_UTIL.get_supported_regions();
    let examples = regions.filter_map(|region| {
        PHONE_NUMBER_UTIL.get_example_number(region).ok().map(|number| (region, number))
    });
    examples.collect()
}

fn e164(number: &PhoneNumber) -> String {
    number.format_as(PhoneNumberFormat::E164).into_owned()
}

#[test]
fn every_countrys_numbers_are_read_as_libphonenumber_reads_them() {
    let examples = examples();
    assert!(examples.len() > 200, "{}", examples.len());
    let (mut zeros, mut differ) = (0, Vec::new());
    for (region, number) in &examples {
        let (plain, spaced) = (e164(number), number.format_as(PhoneNumberFormat::International));
        let code = number.country_code.to_string();
        let rest = spaced.strip_prefix(&format!("+{code}")).unwrap().trim();
        for typed in [
            plain.clone(),
            spaced.to_string(),
            number.format_as(PhoneNumberFormat::RFC3966).into_owned(),
            format!("011 {code} {rest}"),
            format!("00{code}{rest}"),
            format!("\u{202A}+{code}\u{00A0}{rest}\u{202C}"),
        ] {
            if dialed(&typed).as_deref() != Ok(&*plain) {
                differ.push(format!("{region:?}: {typed} is {plain}"));
            }
        }
        // Where it means something to write `(0)` there, it means the same to both.
        let typed = format!("+{code} (0){rest}");
        match PHONE_NUMBER_UTIL.parse(&typed, Some(Region::US)) {
            Ok(theirs) if theirs.is_valid() => {
                zeros += 1;
                if dialed(&typed) != Ok(e164(&theirs)) {
                    differ.push(format!("{region:?}: {typed} is {theirs}"));
                }
            }
            Ok(_) | Err(_) => {}
        }
    }
    assert!(zeros > 80, "{zeros}");
    assert_eq!(differ, Vec::<String>::new());
}

/// A North American number that may exist, as ten digits.
fn national() -> impl Strategy<Value = String> {
    "[2-9][0-8][0-9][2-9][0-9]{6}"
}

proptest! {
    #[test]
    fn a_number_is_read_as_libphonenumber_reads_it(
        digits in national(),
        separators in proptest::collection::vec("[-. /\u{A0}\u{2013}\u{2212}\u{3000}]{0,2}", 3),
        prefix in proptest::sample::select(vec!["", "1", "+1", "＋１", "011 1", "tel:"]),
        parenthesis in any::<bool>(),
        extension in proptest::option::of(("(;ext=| ext\\. | x| extension )", "[1-9][0-9]{0,4}")),
    ) {
        let (area, rest) = digits.split_at(3);
        let (exchange, line) = rest.split_at(3);
        let area = if parenthesis { format!("({area})") } else { area.to_owned() };
        let [a, b, c] = &separators[..] else { unreachable!() };
        let extension = extension.map(|(mark, number)| format!("{mark}{number}")).unwrap_or_default();
        let typed = format!("{prefix}{a}{area}{b}{exchange}{c}{line}{extension}");
        let theirs = PHONE_NUMBER_UTIL.parse(&typed, Some(Region::US));
        if let Ok(theirs) = theirs && theirs.is_valid() {
            let mut dial = e164(&theirs);
            if let Some(extension) = theirs.extension.as_deref().filter(|digits| !digits.is_empty()) {
                dial = format!("{dial};ext={extension}");
            }
            prop_assert_eq!(dialed(&typed), Ok(dial), "{:?}", typed);
        }
    }

    #[test]
    fn any_text_is_read_or_refused_and_what_is_read_stays(text in "\\PC{0,40}") {
        if let Ok(phone) = Phone::parse(&text) {
            let stored: String = phone.clone().into();
            prop_assert_eq!(&Phone::try_from(stored), &Ok(phone.clone()));
            prop_assert_eq!(Phone::parse(&phone.to_string()), Ok(phone));
        }
        if let Ok(email) = Email::parse(&text) {
            prop_assert_eq!(Email::parse(email.as_str()), Ok(email));
        }
    }
}
