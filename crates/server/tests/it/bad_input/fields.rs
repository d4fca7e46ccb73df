//! Every field of every JSON body: wrong type, empty, too long, not of its form, unknown, missing.

use serde_json::{Map, Value, json};

use super::{Fixture, Operation, document, operations, resolved};

/// Whether a schema allows a type.
fn allows(schema: &Value, kind: &str) -> bool {
    match &schema["type"] {
        Value::String(only) => only == kind,
        Value::Array(several) => several.iter().any(|one| one == kind),
        _ => schema["oneOf"].as_array().is_some_and(|options| options.iter().any(|option| allows(option, kind))),
    }
}

/// What a field must not be.
fn bad_values(document: &Value, name: &str, schema: &Value) -> Vec<Value> {
    let plain = resolved(document, schema);
    let mut bad = vec![json!(1.5), json!({"a": 1})];
    if !allows(schema, "null") {
        bad.push(Value::Null);
    }
    if allows(plain, "string") {
        bad.extend([json!(5), json!(true), json!(["x"]), json!("a\u{0}b"), json!("a\u{7}b"), json!("\u{9b}1m")]);
        if let Some(max) = plain["maxLength"].as_u64() {
            bad.push("x".repeat(usize::try_from(max).unwrap() + 1).into());
        }
        if plain["minLength"].as_u64().is_some_and(|min| min > 0) {
            bad.extend([json!(""), json!(" \t\n")]);
        }
        match (plain["format"].as_str(), name) {
            (Some("uuid"), _) => {
                bad.extend(["", "x", "019aa5b6", "019aa5b6-54c4-7d21-a0c9-6a7d6c7a2f10x"].map(Value::from));
            }
            (Some("date-time"), _) => bad.extend(bad_times()),
            (_, "color") => bad.extend(["", "red", "#12345", "#gggggg", "#1234567"].map(Value::from)),
            (_, "language" | "hourCycle" | "firstDayOfWeek" | "durationFormat" | "density" | "theme") => {
                bad.extend(["", "x", "24", "DE", " en", "de-DE", "system"].map(Value::from));
            }
            (_, "role") => bad.extend(["", "x", "Owner", " member", "root"].map(Value::from)),
            (_, "email") => bad.extend(
                ["", "x", "x@", "a@b@c", "a b@example.org", "x@192.0.2.1", "x@example.org\r\nBcc: y@example.org"]
                    .map(Value::from),
            ),
            (_, "scope") => bad.extend(["", "x", "Read", "owner"].map(Value::from)),
            (Some("date"), _) => {
                bad.extend(["", "x", "2026-02-30", "2026-3-2", "1969-12-31", "2100-01-01"].map(Value::from));
            }
            (_, "currency") => bad.extend(["", "EU", "XXX", "euro"].map(Value::from)),
            (_, "format" | "every" | "weekday") => bad.extend(["", "x", "Day", "PDF", "csv"].map(Value::from)),
            (_, "time") => bad.extend(["", "8:00", "24:00", "08:00:00"].map(Value::from)),
            (_, "measure" | "period") => bad.extend(["", "x", "Time"].map(Value::from)),
            (_, "amount") => bad.extend(["", "x", "-1", "0", "1,5"].map(Value::from)),
            (_, "kind") => bad.extend(["", "x", "Billable"].map(Value::from)),
            (_, "hourly" | "price") => bad.extend(["", "x", "-1", "1,5", "1e3", "1.23456"].map(Value::from)),
            (_, "timeZone") => bad.extend(["", "Mars/Olympus", "+02:00", "europe/../utc"].map(Value::from)),
            _ => {}
        }
    } else if allows(plain, "boolean") {
        bad.extend([json!("true"), json!(1), json!(0), json!(""), json!([true])]);
    } else if allows(plain, "integer") {
        bad.extend([json!("5"), json!(true), json!([5]), json!(0), json!(-1), json!(i64::MAX)]);
    } else if allows(plain, "array") && allows(&plain["items"], "integer") {
        bad.extend([json!("x"), json!(5), json!([null]), json!([[5]]), json!(["5"]), json!([0]), json!([1_001])]);
        let max = plain["maxItems"].as_u64().expect("every list has an end");
        bad.push((0..=max).map(|n| json!(n + 1)).collect());
    } else if allows(plain, "array") {
        bad.extend([json!("x"), json!([5]), json!([null]), json!([["x"]]), json!(["x"]), json!([""])]);
        let max = usize::try_from(plain["maxItems"].as_u64().expect("every list has an end")).unwrap();
        bad.push((0..=max).map(|n| Value::from(format!("019aa5b6-54c4-7d21-a0c9-{n:012x}"))).collect());
        if plain["minItems"].as_u64().is_some_and(|min| min > 0) {
            bad.push(json!([]));
        }
    } else {
        assert!(allows(plain, "object"), "{name}: {plain}");
        bad = vec![json!(5), json!("x"), json!([]), json!([{}]), Value::Null];
    }
    bad
}

fn bad_times() -> Vec<Value> {
    let times = [
        "",
        "yesterday",
        "2026-03-02",
        "2026-03-02T10:00:00",
        "2026-03-02 10:00",
        "2026-02-30T10:00:00Z",
        "2026-03-02T24:00:00Z",
        "2026-03-02T10:00:00+25:00",
        "0000-01-01T00:00:00Z",
        "1969-12-31T23:59:59Z",
        "2100-01-01T00:00:00Z",
        "2099-12-31T23:59:60Z",
        "2016-12-31T23:59:60Z",
        "9999-12-31T23:59:59Z",
        "+12026-03-02T10:00:00Z",
        "1772445600",
    ];
    times.map(Value::from).to_vec()
}

/// Bodies that are wrong in one field each: the path of that field, and the body.
fn bad_bodies(document: &Value, schema: &Value, good: &Value) -> Vec<(String, Value)> {
    let mut bodies = Vec::new();
    let with = |field: &str, value: Value| {
        let mut body = good.clone();
        body[field] = value;
        (field.to_owned(), body)
    };
    bodies.push(with("nobodyKnowsThis", json!(1)));
    for (name, property) in schema["properties"].as_object().unwrap() {
        bodies.extend(bad_values(document, name, property).into_iter().map(|value| with(name, value)));
        let nested = resolved(document, property);
        if nested["properties"].is_object() {
            for (field, value) in bad_bodies(document, nested, &Value::Object(Map::new())) {
                bodies.push((format!("{name}.{field}"), with(name, value).1));
            }
        }
    }
    for name in schema["required"].as_array().into_iter().flatten().map(|name| name.as_str().unwrap()) {
        let mut body = good.clone();
        body.as_object_mut().unwrap().remove(name);
        bodies.push((name.to_owned(), body));
    }
    bodies
}

#[actix_web::test]
async fn every_field_of_every_body_is_checked_and_named() {
    let fixture = Fixture::new().await;
    let document = document();
    let mut tried = 0;
    for operation in operations(&document) {
        let Some(schema) = operation.body(&document) else { continue };
        assert_eq!(schema["additionalProperties"], json!(false), "{} takes unknown fields", operation.path);
        let Operation { method, path, .. } = &operation;
        for (field, body) in bad_bodies(&document, &schema, &fixture.good_body(&schema)) {
            let answer = fixture.app.send(fixture.app.request(method.clone(), &fixture.filled(path)).json(&body)).await;
            let shown: String = body.to_string().chars().take(200).collect();
            assert_eq!(answer.status, 400, "{method} {path} {field} {shown}: {}", answer.text);
            let named = answer.json["fields"].as_array().into_iter().flatten();
            let mut named = named.map(|error| error["field"].as_str().unwrap().split('[').next().unwrap());
            assert!(named.any(|name| name == field), "{method} {path} {field} {shown}: {}", answer.text);
            tried += 1;
        }
        fixture.assert_unchanged(path).await;
    }
    assert!(tried > 500, "{tried}");
}

#[actix_web::test]
async fn a_stop_before_the_start_is_refused() {
    let fixture = Fixture::new().await;
    let app = &fixture.app;
    let entry = format!("/api/time/entries/{}", fixture.entry);
    let (early, late) = ("2026-03-02T12:00:00Z", "2026-03-02T12:00:00.000001Z");
    let body = json!({"categoryId": fixture.category, "startedAt": late, "stoppedAt": early});
    app.post("/api/time/entries", body).await.refused(400, "invalid_time_range").names("stoppedAt", "out_of_range");
    for body in [
        json!({"startedAt": late, "stoppedAt": early}),
        json!({"stoppedAt": "2026-03-02T08:00:00Z"}),
        json!({"startedAt": late}),
    ] {
        app.patch(&entry, body).await.refused(400, "invalid_time_range").names("stoppedAt", "out_of_range");
    }
    fixture.assert_unchanged("stop before start").await;
}

/// Characters that PostgreSQL, by the locale of the database, may count as control characters or blanks although
/// Unicode does not.
#[actix_web::test]
async fn odd_characters_are_taken_or_refused_but_never_an_error_of_ours() {
    let fixture = Fixture::new().await;
    for (n, odd) in "\u{a0}\u{ad}\u{200b}\u{200e}\u{2028}\u{2029}\u{202e}\u{feff}\u{fffd}\u{fffe}\u{e0001}\u{10ffff}"
        .chars()
        .enumerate()
    {
        for text in [format!("{n}a{odd}b"), format!("{odd}{n}b"), format!("{n}b{odd}"), odd.to_string()] {
            for path in ["/api/clients", "/api/tags", "/api/projects"] {
                let answer = fixture.app.post(path, json!({"name": text})).await;
                assert!([201, 400, 409].contains(&answer.status.as_u16()), "{text:?}: {}", answer.text);
            }
        }
    }
}
