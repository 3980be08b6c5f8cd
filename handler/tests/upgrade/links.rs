//! Links that the release before gave.

use crate::desk::{Earlier, number_in};
use axum::http::StatusCode;
use data_encoding::BASE64URL_NOPAD;
use domain::Reference;
use handler::crypto::link::LinkVersion;
use handler::crypto::secrets::Secrets;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

pub(crate) async fn receipts_of_the_release_before_open_what_they_did(earlier: Earlier) {
    for receipt in &earlier.receipts {
        let (state, path) = (&receipt.state, &receipt.path);
        let page = earlier.set.get(path).await;
        if state == "erased" {
            assert_eq!(page.status, StatusCode::GONE, "{state}");
            continue;
        }
        assert_eq!(page.status, StatusCode::OK, "{state}: {}", page.body);
        let number = number_in(path).to_string();
        assert!(page.body.contains(&number), "{state}: {number} is on no page but its own");
        let contact = contact(&earlier, state).await;
        assert!(page.body.contains(&contact), "{state}: what was written is shown");
        let last = if path.ends_with('A') { 'B' } else { 'A' };
        let other = format!("{}{last}", &path[..path.len() - 1]);
        assert_eq!(earlier.set.get(&other).await.status, StatusCode::GONE, "{state}: {other}");
    }
}

/// How to reach whoever sent the request, as pages show it.
async fn contact(earlier: &Earlier, state: &str) -> String {
    let request = earlier.request(state).await;
    let reach = &request.answers().unwrap().reach;
    let phone = reach.phone().map(ToString::to_string);
    reach.email().map(|email| email.as_str().to_owned()).or(phone).unwrap()
}

/// The last part of a link, made as the release before made it: by hand, so that a link that is made
/// otherwise today can't pass for an old one.
fn old_locator(secrets: &Secrets, purpose: &str, id: Reference, links: LinkVersion) -> String {
    let key = secrets.link_keys.get(links.key).unwrap();
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key.as_bytes()).unwrap();
    mac.update(format!("link-{purpose}\0{}", id.compact()).as_bytes());
    mac.update(&links.receipt.to_be_bytes());
    let tag = mac.finalize().into_bytes();
    format!("{}.{}", id.compact(), BASE64URL_NOPAD.encode(&tag[..16]))
}

pub(crate) async fn links_in_old_mails_open_and_show_no_more_than_they_did(earlier: Earlier) {
    for receipt in earlier.receipts.iter().filter(|receipt| receipt.state != "erased") {
        let case = earlier.case(&receipt.state).await;
        let contact = contact(&earlier, &receipt.state).await;
        let locator = |purpose: &str| old_locator(&earlier.secrets, purpose, case.id, case.links);
        assert!(receipt.path.ends_with(&locator("receipt")), "made as that release made it");
        let mail = earlier.set.get(&format!("/desk/en/request/{}", locator("mail"))).await;
        let staff = earlier.set.get(&format!("/desk/staff/request/{}", locator("staff"))).await;
        for (role, page) in [("mail", mail), ("staff", staff)] {
            assert_eq!(page.status, StatusCode::OK, "{role}, {}: {}", receipt.state, page.body);
            assert!(page.body.contains(&case.id.to_string()), "{role}, {}", receipt.state);
            let is_shown = page.body.contains(&contact);
            assert!(!is_shown, "{role}, {}: others may read that mailbox", receipt.state);
        }
    }
    let erased = earlier.number("erased");
    let links = LinkVersion { receipt: 0, mail: 0, key: 1 };
    for (purpose, path) in [("mail", "/desk/en/request/"), ("staff", "/desk/staff/request/")] {
        let link = format!("{path}{}", old_locator(&earlier.secrets, purpose, erased, links));
        assert_eq!(earlier.set.get(&link).await.status, StatusCode::GONE, "{link}");
    }
}
