//! `/api/reports/export?format=pdf`: the text of the document, read by another library, beside the report as JSON.

use lopdf::Document;
use reqwest::Method;
use serde_json::{Value, json};

use super::{ME, Office, Tracked, summary_of};
use crate::harness::{As, SentAs};

const MARCH: &str = "fromDate=2026-03-01&toDate=2026-03-31&timeZone=Europe/Berlin";

async fn pdf(sender: As<'_>, query: &str) -> Document {
    let path = format!("/api/reports/export?format=pdf&{query}");
    let request = sender.app.request(Method::GET, &path).sent_as(sender.caller);
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "application/pdf");
    let name = response.headers()["content-disposition"].to_str().unwrap();
    assert!(name.ends_with(".pdf\""), "{name}");
    Document::load_mem(&response.bytes().await.unwrap()).unwrap()
}

/// The texts of a page, one for each that was drawn.
fn texts(document: &Document, page: u32) -> Vec<String> {
    let text = document.extract_text(&[page]).unwrap();
    text.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
}

pub(super) fn all_texts(document: &Document) -> Vec<String> {
    document.get_pages().keys().flat_map(|page| texts(document, *page)).collect()
}

/// Durations such as `1:30`, in minutes.
fn minutes(text: &str) -> Option<i64> {
    let (hours, minutes) = text.split_once(':')?;
    (minutes.len() == 2).then_some(hours.parse::<i64>().ok()? * 60 + minutes.parse::<i64>().ok()?)
}

/// The decimals in a text of German or English form, in hundredths.
fn hundredths(text: &str, mark: char) -> Option<i64> {
    let (whole, rest) = text.split_once(mark)?;
    (rest.len() == 2).then_some(whole.parse::<i64>().ok()? * 100 + rest.parse::<i64>().ok()?)
}

#[actix_web::test]
async fn a_summary_has_the_numbers_of_the_report_and_its_lines_add_up() {
    let office = Office::new().await;
    let owner = office.as_owner().await;
    for (category, day) in [(&office.design, 2), (&office.meetings, 3), (&office.icons, 4)] {
        let (start, stop) = (format!("2026-03-0{day} 08:00Z"), format!("2026-03-0{day} 08:20Z"));
        office.tracked(Tracked { billable: day == 2, ..Tracked::mine(category, &start, &stop) }).await;
    }
    let query = format!("{MARCH}&groupBy=day&groupBy=project");
    let json = summary_of(owner, &query).await;
    assert_eq!(json["total"]["durationSeconds"], 3_600);
    let document =
        pdf(owner, &format!("{query}&report=summary&durations=decimal&title=Acme%20%26%20Co&paper=letter")).await;
    let found = all_texts(&document);
    assert_eq!(found[0], "Acme & Co");
    assert!(found.contains(&"2026-03-01 – 2026-03-31 (Europe/Berlin)".to_owned()), "{found:?}");
    for title in ["Day", "Project", "Entries", "Duration", "Billable", "Page 1 of 1"] {
        assert!(found.iter().any(|text| text == title), "{title}: {found:?}");
    }
    // What stands before the total are the rows: three times 20 minutes are 0.34 + 0.33 + 0.33, billable 0.33.
    let total = found.iter().position(|text| text == "Total").unwrap();
    let table = found.iter().position(|text| text == "Entries").unwrap();
    let rows: i64 = found[table..total].iter().filter_map(|text| hundredths(text, '.')).sum();
    assert_eq!(rows, 100 + 33, "{found:?}");
    let totals: Vec<_> = found.iter().filter_map(|text| hundredths(text, '.')).collect();
    assert!(totals.contains(&100), "{found:?}");
    let page = document.get_pages()[&1];
    let media = document.get_dictionary(page).unwrap().get(b"MediaBox").unwrap().as_array().unwrap().clone();
    assert_eq!((media[2].as_float().unwrap(), media[3].as_float().unwrap()), (612.0, 792.0));
}

#[actix_web::test]
async fn letters_of_europe_can_be_read_and_a_document_has_filters_and_lines_for_signatures() {
    let office = Office::new().await;
    let owner = office.as_owner().await;
    let texts = ["Ångström ďžéß", "Ελληνικά ώρα", "Отчёт за Київ"];
    for (hour, text) in (8..).zip(texts) {
        let (start, stop) = (format!("2026-03-02 {hour:02}:00Z"), format!("2026-03-02 {hour:02}:30Z"));
        office.tracked(Tracked { description: text, ..Tracked::mine(&office.design, &start, &stop) }).await;
    }
    let query = format!("{MARCH}&projectId={}&language=de&signatures=true&q=a", office.website);
    let document = pdf(owner, &query.replace("&q=a", "")).await;
    let found = all_texts(&document);
    for text in texts.into_iter().flat_map(str::split_whitespace) {
        assert!(found.iter().any(|line| line.contains(text)), "{text}: {found:?}");
    }
    for text in [
        "Stundenzettel",
        "01.03.2026 – 31.03.2026 (Europe/Berlin)",
        "Projekte: Website",
        "Beschreibung",
        "Abrechenbar",
        "02.03.2026",
        "Summe",
        "1:30",
        "Datum, Unterschrift (Auftraggeber)",
        "Seite 1 von 1",
    ] {
        assert!(found.iter().any(|line| line == text), "{text}: {found:?}");
    }
    let plain = all_texts(&pdf(owner, MARCH).await);
    assert!(!plain.iter().any(|line| line.contains("signature")), "{plain:?}");
    // The same permission as for every other report.
    let member = office.as_member().await;
    let own = all_texts(&pdf(member, MARCH).await);
    assert!(!own.iter().any(|line| line.contains("Ångström")), "{own:?}");
    let refused = |query: &str| format!("/api/reports/export?format=pdf&{MARCH}&{query}");
    for query in ["paper=a3", "language=fr", "signatures=maybe", "title=%09"] {
        owner.get(&refused(query)).await.refused(400, "invalid_query");
    }
    member.get(&refused("amounts=true")).await.refused(403, "forbidden");
}

#[actix_web::test]
async fn twenty_thousand_rows_are_pages_with_heads_that_add_up_and_one_more_is_refused() {
    let office = Office::new().await;
    let owner = office.as_owner().await;
    let rows = async |from: i64, to: i64| {
        office
            .execute(&format!(
                "INSERT INTO time_entries (id, workspace_id, user_id, project_id, category_id, started_at, stopped_at, created_at, updated_at)
                 SELECT gen_random_uuid(), c.workspace_id, '{ME}', c.project_id, c.id, '2026-03-02 00:00Z'::timestamptz + n * interval '1 minute',
                        '2026-03-02 00:00Z'::timestamptz + n * interval '1 minute' + interval '20 seconds', now(), now()
                 FROM categories c, generate_series({from}, {to}) n WHERE c.id = '{}'",
                office.design
            ))
            .await;
    };
    rows(1, 20_000).await;
    let json = summary_of(owner, MARCH).await;
    let seconds = json["total"]["durationSeconds"].as_i64().unwrap();
    let document = pdf(owner, MARCH).await;
    let pages: Vec<u32> = document.get_pages().keys().copied().collect();
    assert!(pages.len() > 200, "{}", pages.len());
    let mut sum = 0;
    for page in &pages {
        let found = texts(&document, *page);
        assert!(found.iter().any(|text| *text == format!("Page {page} of {}", pages.len())), "page {page}");
        assert!(found.iter().any(|text| text == "Duration"), "the head is on page {page}");
        let end = found.iter().position(|text| text == "Total").unwrap_or(found.len());
        // Each row has its start, its end and its duration.
        let times: Vec<i64> = found[..end].iter().filter_map(|text| minutes(text)).collect();
        sum += times.chunks(3).filter(|row| row.len() == 3).map(|row| row[2]).sum::<i64>();
    }
    assert_eq!(sum, (seconds + 30) / 60, "the lines add up to the total of the report");
    rows(20_001, 20_001).await;
    let refused = owner.get(&format!("/api/reports/export?format=pdf&{MARCH}")).await;
    refused.refused(400, "report_too_large").names("format", "too_long");
    let head = office.request(Method::HEAD, &format!("/api/reports/export?format=pdf&{MARCH}")).send().await.unwrap();
    assert_eq!(head.status(), 400);
}

#[actix_web::test]
async fn amounts_are_those_of_the_report_and_tags_that_overlap_are_told() {
    let office = Office::new().await;
    let owner = office.as_owner().await;
    owner.post("/api/currencies", json!({"currency": "EUR"})).await.created();
    let rate = json!({"kind": "billable", "hourly": "90", "validFrom": "2026-01-01"});
    owner.post("/api/rates", rate).await.created();
    let entry = Tracked::mine(&office.design, "2026-03-02 08:00Z", "2026-03-02 09:00Z");
    let tags = [office.urgent.as_str(), office.remote.as_str()];
    office.tracked(Tracked { billable: true, tags: &tags, ..entry }).await;
    let query = format!("{MARCH}&groupBy=tag&amounts=true");
    let json: Value = summary_of(owner, &query).await;
    let amount = json["amounts"][0]["amount"].as_str().unwrap();
    assert_eq!(amount, "90.00");
    let found = all_texts(&pdf(owner, &format!("{query}&report=summary")).await);
    // Two rows of the same entry, and the total that counts it once.
    let total = found.iter().position(|text| text == "Total").unwrap();
    let amounts = |texts: &[String]| texts.iter().filter(|text| *text == amount).count();
    assert_eq!((amounts(&found[..total]), amounts(&found[total..])), (2, 1), "{found:?}");
    assert!(found[total..].contains(&"1:00".to_owned()), "{found:?}");
    assert!(found.iter().any(|text| text.starts_with("An entry with several tags")), "{found:?}");
}
