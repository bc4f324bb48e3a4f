//! From a request to an answer: paths, scopes, parameters.
//!
//! A function of the site, the request and the time; knows nothing of connections or of how often it is asked.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::body;
use super::document::{LocaleKey, Page, Site, Token};
use super::limit::Limiter;
use super::wire::{self, Answer};
use super::write::{Entry, Refusal};

/// The most pages of one list answer, and the number without `limit`.
const MOST_LISTED: usize = 100;

/// A request, as far as an answer depends on it.
#[derive(Debug)]
pub(super) struct Call<'a> {
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    pub(super) query: BTreeMap<String, String>,
    /// None if it was too large to be read.
    pub(super) body: Option<&'a [u8]>,
}

/// When a request is answered: for what is stored, and for what is limited.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment {
    pub(super) now: Timestamp,
    /// Time since the server was started, on the clock of the limits.
    pub(super) elapsed: std::time::Duration,
}

enum Route<'a> {
    Introspect,
    Sites,
    Site(&'a str),
    Pages(&'a str),
    Publish(&'a str),
    Page(&'a str),
    PutPage(&'a str),
    PatchPages,
}

/// Answers one request and changes the site as it says.
pub(super) fn answer(
    call: &Call<'_>,
    token: Option<&Token>,
    site: &mut Site,
    limiter: &mut Limiter,
    moment: Moment,
) -> Answer {
    respond(call, token, site, limiter, moment).unwrap_or_else(|refusal| refusal)
}

fn respond(
    call: &Call<'_>,
    token: Option<&Token>,
    site: &mut Site,
    limiter: &mut Limiter,
    moment: Moment,
) -> Result<Answer, Answer> {
    let route = route(call).ok_or_else(|| Answer::no_route(call.method, call.path))?;
    let token = token.ok_or_else(Answer::not_authorized)?;
    check_scope(&route, token)?;
    let too_large = || Answer::error(413, "bad_request", "Bad Request: The body is too large");
    let body = call.body.ok_or_else(too_large)?;
    match route {
        Route::Introspect => {
            let limit = limiter.limit(Some(token));
            Ok(Answer::ok(wire::authorization(site, token, limit, moment.now)))
        }
        Route::Sites => Ok(Answer::ok(json!({"sites": [wire::site(site)]}))),
        Route::Site(id) => check_site(site, id).map(|()| Answer::ok(wire::site(site))),
        Route::Pages(id) => check_site(site, id).and_then(|()| list(call, site)),
        Route::Page(id) => get(call, site, id),
        Route::PutPage(id) => put(call, body, site, id, moment.now),
        Route::PatchPages => patch(body, site, moment.now),
        Route::Publish(id) => check_site(site, id).and_then(|()| publish(body, site, limiter, moment)),
    }
}

fn route<'a>(call: &Call<'a>) -> Option<Route<'a>> {
    let segments: Vec<&str> = call.path.strip_prefix('/')?.split('/').collect();
    let (namespace, rest) = segments.split_first()?;
    if !matches!(*namespace, "v2" | "beta") {
        return None;
    }
    match (call.method, rest) {
        ("GET", ["token", "introspect"]) => Some(Route::Introspect),
        ("GET", ["sites"]) => Some(Route::Sites),
        ("GET", ["sites", id]) => Some(Route::Site(id)),
        ("GET", ["sites", id, "pages"]) => Some(Route::Pages(id)),
        ("POST", ["sites", id, "publish"]) => Some(Route::Publish(id)),
        ("GET", ["pages", id]) => Some(Route::Page(id)),
        ("PUT", ["pages", id]) => Some(Route::PutPage(id)),
        ("PATCH", ["pages"]) if *namespace == "beta" => Some(Route::PatchPages),
        _ => None,
    }
}

fn check_scope(route: &Route<'_>, token: &Token) -> Result<(), Answer> {
    let scope = match route {
        Route::Introspect => return Ok(()),
        Route::Sites | Route::Site(_) => "sites:read",
        Route::Publish(_) => "sites:write",
        Route::Pages(_) | Route::Page(_) => "pages:read",
        Route::PutPage(_) | Route::PatchPages => "pages:write",
    };
    if token.scopes.iter().any(|granted| granted == scope) {
        return Ok(());
    }
    let message = "Provided access token is valid, but is missing the required scopes";
    Err(Answer::detailed(403, "missing_scopes", message, vec![json!(scope)]))
}

fn check_site(site: &Site, id: &str) -> Result<(), Answer> {
    if site.id() == id { Ok(()) } else { Err(Answer::not_found("site")) }
}

fn list(call: &Call<'_>, site: &Site) -> Result<Answer, Answer> {
    let key = locale(call, site)?;
    let limit = number(call, "limit")?.unwrap_or(MOST_LISTED);
    let offset = number(call, "offset")?.unwrap_or(0);
    if limit == 0 || limit > MOST_LISTED {
        return Err(Answer::malformed(format!("limit must be 1 to {MOST_LISTED}")));
    }
    let mut listed = site.listed();
    if call.path.starts_with("/beta/") {
        select(call, &mut listed)?;
    }
    let pages: Vec<Value> = listed.iter().skip(offset).take(limit).map(|page| wire::page(site, page, &key)).collect();
    let pagination = json!({"limit": limit, "offset": offset, "total": listed.len()});
    Ok(Answer::ok(json!({"pages": pages, "pagination": pagination})))
}

/// Filters and sorts as only the beta does.
fn select(call: &Call<'_>, pages: &mut Vec<&Page>) -> Result<(), Answer> {
    type Pick = fn(&Page) -> Timestamp;
    let created: Pick = |page| page.created_on;
    for (name, pick) in [("createdOn", created), ("lastUpdated", Page::updated)] {
        if let Some(least) = time(call, &format!("{name}[gte]"))? {
            pages.retain(|page| pick(page) >= least);
        }
        if let Some(most) = time(call, &format!("{name}[lte]"))? {
            pages.retain(|page| pick(page) <= most);
        }
    }
    match parameter(call, "sortBy") {
        None | Some("createdOn") => {}
        Some("lastUpdated") => pages.sort_by_key(|page| page.updated()),
        Some(_) => return Err(Answer::malformed("sortBy must be createdOn or lastUpdated")),
    }
    match parameter(call, "sortOrder") {
        None | Some("asc") => {}
        Some("desc") => pages.reverse(),
        Some(_) => return Err(Answer::malformed("sortOrder must be asc or desc")),
    }
    Ok(())
}

fn get(call: &Call<'_>, site: &Site, id: &str) -> Result<Answer, Answer> {
    let key = locale(call, site)?;
    let page = site.page(id).map(|page| wire::page(site, page, &key));
    let folder = || site.folder(id).map(|folder| wire::folder(site, folder, &key));
    page.or_else(folder).map(Answer::ok).ok_or_else(|| Answer::not_found("page"))
}

fn put(call: &Call<'_>, body: &[u8], site: &mut Site, id: &str, now: Timestamp) -> Result<Answer, Answer> {
    let key = locale(call, site)?;
    let patch = body::patch(body)?;
    let entry = Entry { page: id.to_owned(), locale: key, patch };
    site.write(&entry, now).map_err(refused)?;
    let page = find(site, id)?;
    Ok(Answer::ok(wire::page(site, page, &entry.locale)).writing(vec![(entry.page, entry.locale)]))
}

fn patch(body: &[u8], site: &mut Site, now: Timestamp) -> Result<Answer, Answer> {
    let mut entries = Vec::new();
    for (index, entry) in body::bulk(body)?.into_iter().enumerate() {
        let locale = match entry.locale_id.as_deref().map(|id| site.key_of_id(id)) {
            None => LocaleKey::Primary,
            Some(Some(key @ LocaleKey::Secondary(_))) => key,
            Some(Some(LocaleKey::Primary) | None) => {
                let message = format!("pages[{index}].localeId: The provided locale must be a secondary locale.");
                return Err(Answer::malformed(message));
            }
        };
        entries.push(Entry { page: entry.page, locale, patch: entry.patch });
    }
    let outcome = site.write_all(&entries, now);
    let wrote: Vec<(String, LocaleKey)> =
        outcome.written.iter().map(|index| (entries[*index].page.clone(), entries[*index].locale.clone())).collect();
    let only_good = site.switches.bulk == super::switches::Bulk::EveryGood && !wrote.is_empty();
    if let Some(refusal) = outcome.refused
        && !only_good
    {
        return Ok(refused(refusal).writing(wrote));
    }
    let mut pages = Vec::new();
    for entry in outcome.written.into_iter().map(|index| &entries[index]) {
        let mut body = wire::page(site, find(site, &entry.page)?, &entry.locale);
        // In the documented answer the primary locale has no id, although other endpoints give it one.
        if entry.locale == LocaleKey::Primary {
            body["localeId"] = Value::Null;
        }
        pages.push(body);
    }
    Ok(Answer::ok(json!({"pages": pages})).writing(wrote))
}

fn publish(body: &[u8], site: &mut Site, limiter: &mut Limiter, moment: Moment) -> Result<Answer, Answer> {
    let order = body::publish(body)?;
    if order.domains.is_empty() && !order.subdomain {
        return Err(Answer::error(400, "no_domains", "No domain IDs provided"));
    }
    let is_known = |id: &String| site.identity.custom_domains.iter().any(|domain| domain.id == *id);
    if !order.domains.iter().all(is_known) {
        return Err(Answer::error(400, "invalid_domain", "Please send a valid custom domain ID"));
    }
    if let Some(id) = &order.page {
        find(site, id)?;
    }
    limiter.publish(moment.elapsed).map_err(Answer::too_many_requests)?;
    site.publish(order.page.as_deref(), &order.domains, moment.now);
    let published = site.identity.custom_domains.iter().filter(|domain| order.domains.contains(&domain.id));
    let body = json!({
        "customDomains": published.map(wire::domain).collect::<Vec<_>>(),
        "publishToWebflowSubdomain": order.subdomain,
        "publishScope": if order.page.is_some() { "page" } else { "site" },
    });
    Ok(Answer { status: 202, ..Answer::ok(body).changing() })
}

fn find<'a>(site: &'a Site, id: &str) -> Result<&'a Page, Answer> {
    site.page(id).ok_or_else(|| Answer::not_found("page"))
}

/// Returns the locale that the query names.
fn locale(call: &Call<'_>, site: &Site) -> Result<LocaleKey, Answer> {
    let Some(id) = parameter(call, "localeId") else {
        return Ok(LocaleKey::Primary);
    };
    let unknown = || Answer::malformed("The provided locale is not a locale of the site.");
    site.key_of_id(id).ok_or_else(unknown)
}

fn number(call: &Call<'_>, name: &str) -> Result<Option<usize>, Answer> {
    let wrong = |_| Answer::malformed(format!("{name} must be an integer of at least 0"));
    parameter(call, name).map(str::parse).transpose().map_err(wrong)
}

fn time(call: &Call<'_>, name: &str) -> Result<Option<Timestamp>, Answer> {
    let wrong = |_| Answer::malformed(format!("{name} must be a date and time"));
    parameter(call, name).map(str::parse).transpose().map_err(wrong)
}

/// Returns a parameter of the query. An empty value is none, as the description allows.
fn parameter<'a>(call: &'a Call<'_>, name: &str) -> Option<&'a str> {
    call.query.get(name).map(String::as_str).filter(|value| !value.is_empty())
}

fn refused(refusal: Refusal) -> Answer {
    match refusal {
        Refusal::UnknownPage => Answer::not_found("page"),
        Refusal::Empty(field) => {
            let detail = json!({"field": field, "message": "must not be empty"});
            Answer::detailed(400, "validation_error", format!("Validation Error: {field} is empty"), vec![detail])
        }
        Refusal::SlugConflict(slug) => {
            Answer::error(409, "conflict", format!("Conflict: The slug {slug} is already in use"))
        }
        Refusal::Image(problem) => {
            let detail = json!({"field": "openGraph", "message": problem});
            Answer::detailed(400, "validation_error", format!("Validation Error: {problem}"), vec![detail])
        }
        Refusal::SlugInvalid(slug) => {
            let detail = json!({"field": "slug", "message": format!("{slug} is already in use")});
            Answer::detailed(400, "validation_error", "Validation Error: slug is already in use", vec![detail])
        }
    }
}
