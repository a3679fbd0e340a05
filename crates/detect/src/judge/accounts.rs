//! Whose account a vendor works for, as its own requests say.

use std::collections::BTreeSet;

use url::Url;

use super::{Case, contacts::Contact};
use crate::{AccountRule, Party};

/// How many accounts of one vendor are kept: pages with more than a handful are rare, and the numbers come from the
/// page.
const MAX_ACCOUNTS: usize = 64;

/// `name:id` over all requests of the contact, sorted, each once.
pub(super) fn of_contact(case: &Case, contact: &Contact) -> Vec<String> {
    let mut accounts = BTreeSet::new();
    for seq in &contact.requests {
        accounts.extend(of_request(case, *seq).into_iter().map(|(rule, id)| format!("{}:{id}", rule.name)));
        if accounts.len() >= MAX_ACCOUNTS {
            break;
        }
    }
    accounts.into_iter().take(MAX_ACCOUNTS).collect()
}

/// The accounts that one request names.
pub(super) fn of_request<'a>(case: &Case<'a>, seq: u32) -> Vec<(&'a AccountRule, String)> {
    let Some(Some(Party::Vendor(vendor))) = case.owners.parties.get(seq as usize) else { return Vec::new() };
    let Some(request) = case.request(seq).filter(|request| !request.is_preflight()) else { return Vec::new() };
    let Ok(url) = Url::parse(&request.url) else { return Vec::new() };
    let disguised = case.owners.disguise(seq).is_some();
    let id = |rule: &'a AccountRule| Some((rule, rule.find(&url, disguised, || case.owners.contents.of(seq))?));
    let found: Vec<_> = vendor.accounts.iter().filter_map(id).collect();
    // `tag/uet/{id}` says more of an address than `tag/{id}`.
    let longest = found.iter().filter_map(|(rule, _)| rule.path_depth()).max();
    found.into_iter().filter(|(rule, _)| rule.path_depth().is_none_or(|depth| Some(depth) == longest)).collect()
}
