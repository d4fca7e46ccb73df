//! `/api/projects/{projectId}/categories` and `/api/categories`

use futures_util::future::{join, join_all};
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::TestApp;

#[actix_web::test]
async fn categories_of_all_projects_are_listed_together_and_filtered() {
    let app = TestApp::spawn().await;
    assert_eq!(app.get("/api/categories").await.ok().text, "[]");
    let (one, two) = (app.project("One").await, app.project("Two").await);
    let (a, b, c) = (app.category(&one, "a").await, app.category(&two, "b").await, app.category(&one, "c").await);
    app.patch(&format!("/api/projects/{two}/categories/{b}"), json!({"archived": true})).await.ok();
    for (path, expected) in [
        ("/api/categories".to_owned(), vec![&a, &b, &c]),
        ("/api/categories?archived=true".to_owned(), vec![&b]),
        ("/api/categories?archived=false".to_owned(), vec![&a, &c]),
        (format!("/api/projects/{one}/categories"), vec![&a, &c]),
        (format!("/api/projects/{two}/categories?archived=false"), vec![]),
        (format!("/api/projects/{two}/categories?archived=true"), vec![&b]),
    ] {
        assert_eq!(app.get(&path).await.ok().ids().iter().collect::<Vec<_>>(), expected, "{path}");
    }
    app.get("/api/categories?projectId=x").await.refused(400, "invalid_query").names("projectId", "unknown_field");
}

#[actix_web::test]
async fn a_category_has_a_colour_of_its_own_or_its_projects() {
    let app = TestApp::spawn().await;
    let categories = format!("/api/projects/{}/categories", app.project("a").await);
    let made = app.post(&categories, json!({"name": "x", "color": "#ABCDEF"})).await.created();
    assert_eq!(made.json["color"], "#abcdef");
    let path = format!("{categories}/{}", made.id());
    assert_eq!(app.patch(&path, json!({"color": null})).await.ok().json.get("color"), Some(&Value::Null));
}

#[actix_web::test]
async fn an_archived_category_and_those_below_take_no_new_time() {
    let app = TestApp::spawn().await;
    let project = app.project("a").await;
    let root = app.category(&project, "root").await;
    let leaf = app.subcategory(&project, &root, "leaf").await;
    let path = format!("/api/projects/{project}/categories/{root}");
    assert_eq!(app.patch(&path, json!({"archived": true})).await.ok().json["archived"], true);
    for category in [&root, &leaf] {
        app.post("/api/time/start", json!({"categoryId": category})).await.refused(409, "category_archived");
    }
    app.patch(&path, json!({"archived": false})).await.ok();
    app.post("/api/time/start", json!({"categoryId": leaf})).await.created();
}

#[actix_web::test]
async fn siblings_differ_in_more_than_case_and_cousins_need_not() {
    let app = TestApp::spawn().await;
    let project = app.project("a").await;
    let categories = format!("/api/projects/{project}/categories");
    let root = app.category(&project, "Root").await;
    app.post(&categories, json!({"name": " ROOT"})).await.refused(409, "duplicate_category_name");
    app.subcategory(&project, &root, "Root").await;
    app.category(&app.project("b").await, "Root").await;
    let renamed = app.patch(&format!("{categories}/{root}"), json!({"name": "ROOT"})).await.ok();
    assert_eq!(renamed.json["name"], "ROOT", "its own name in other letters");
    // Longer than an index entry can be, and different only at the end.
    let long = "漢".repeat(999);
    app.category(&project, &format!("{long}a")).await;
    app.category(&project, &format!("{long}b")).await;
    app.post(&categories, json!({"name": format!("{long}A")})).await.refused(409, "duplicate_category_name");
}

#[actix_web::test]
async fn a_move_takes_the_subtree_along() {
    let app = TestApp::spawn().await;
    let project = app.project("a").await;
    let categories = format!("/api/projects/{project}/categories");
    let (from, to) = (app.category(&project, "from").await, app.category(&project, "to").await);
    let moved = app.subcategory(&project, &from, "moved").await;
    let below = app.subcategory(&project, &moved, "below").await;
    app.patch(&format!("{categories}/{moved}"), json!({"parentCategoryId": to})).await.ok();
    let parent = async |id: &str| app.get(&format!("{categories}/{id}")).await.ok().json["parentCategoryId"].clone();
    assert_eq!((parent(&moved).await, parent(&below).await), (json!(to), json!(moved)));
    // Where it came from may now go below it.
    app.patch(&format!("{categories}/{from}"), json!({"parentCategoryId": below})).await.ok();
    app.patch(&format!("{categories}/{to}"), json!({"parentCategoryId": from})).await.refused(409, "category_cycle");
}

#[actix_web::test]
async fn deleting_lifts_the_children_unless_a_name_is_taken_there() {
    let app = TestApp::spawn().await;
    let project = app.project("a").await;
    let categories = format!("/api/projects/{project}/categories");
    let root = app.category(&project, "root").await;
    let middle = app.subcategory(&project, &root, "middle").await;
    let (one, two) = (app.subcategory(&project, &middle, "one").await, app.subcategory(&project, &middle, "two").await);
    let taken = app.subcategory(&project, &root, "TWO").await;
    let before = app.contents().await;
    app.delete(&format!("{categories}/{middle}")).await.refused(409, "duplicate_category_name");
    assert_eq!(app.contents().await, before, "nothing is lifted halfway");

    app.patch(&format!("{categories}/{taken}"), json!({"name": "three"})).await.ok();
    app.delete(&format!("{categories}/{middle}")).await.is(204);
    for id in [one, two] {
        assert_eq!(app.get(&format!("{categories}/{id}")).await.ok().json["parentCategoryId"], root);
    }
}

#[actix_web::test]
async fn a_child_may_take_the_name_of_the_parent_that_goes() {
    let app = TestApp::spawn().await;
    let project = app.project("a").await;
    let parent = app.category(&project, "same").await;
    let child = app.subcategory(&project, &parent, "same").await;
    app.delete(&format!("/api/projects/{project}/categories/{parent}")).await.is(204);
    let lifted = app.get(&format!("/api/projects/{project}/categories/{child}")).await.ok();
    assert_eq!(lifted.json["parentCategoryId"], Value::Null);
}

#[actix_web::test]
async fn two_moves_at_once_never_make_a_cycle() {
    let app = TestApp::spawn().await;
    let project = app.project("a").await;
    let categories = format!("/api/projects/{project}/categories");
    let (a, b) = (app.category(&project, "a").await, app.category(&project, "b").await);
    let under = |child: &str, parent: Value| (format!("{categories}/{child}"), json!({"parentCategoryId": parent}));
    for _ in 0..40 {
        let ((first, below_b), (second, below_a)) = (under(&a, json!(b)), under(&b, json!(a)));
        let (one, two) = join(app.patch(&first, below_b), app.patch(&second, below_a)).await;
        let (won, lost) = if one.status.is_success() { (one, two) } else { (two, one) };
        won.ok();
        lost.refused(409, "category_cycle");
        for id in [&a, &b] {
            let (path, root) = under(id, Value::Null);
            app.patch(&path, root).await.ok();
        }
    }
}

#[actix_web::test]
async fn of_many_siblings_of_one_name_at_once_one_is_made() {
    let app = TestApp::spawn().await;
    let project = app.project("a").await;
    let categories = format!("/api/projects/{project}/categories");
    for round in 0..5 {
        let answers = join_all((0..8).map(|_| app.post(&categories, json!({"name": format!("round {round}")})))).await;
        let (made, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 201);
        assert_eq!(made.len(), 1);
        for answer in refused {
            answer.refused(409, "duplicate_category_name");
        }
    }
    assert_eq!(app.count("SELECT count(*) FROM categories").await, 5);
}

#[actix_web::test]
async fn a_project_is_not_deleted_under_a_category_that_is_being_made() {
    let app = TestApp::spawn().await;
    for _ in 0..20 {
        let project = app.project("a").await;
        let (path, categories) = (format!("/api/projects/{project}"), format!("/api/projects/{project}/categories"));
        let (made, deleted) = join(app.post(&categories, json!({"name": "x"})), app.delete(&path)).await;
        if made.status == 201 {
            deleted.refused(409, "project_in_use");
        } else {
            made.refused(404, "not_found");
            deleted.is(204);
        }
    }
}

#[actix_web::test]
async fn each_bad_field_is_named() {
    let app = TestApp::spawn().await;
    let project = app.project("a").await;
    let categories = format!("/api/projects/{project}/categories");
    let made = format!("{categories}/{}", app.category(&project, "x").await);
    for (field, value, code, field_code) in [
        ("name", json!(null), "invalid_category_name", "required"),
        ("name", json!("x".repeat(1_001)), "invalid_category_name", "too_long"),
        ("name", json!("a\u{0}"), "invalid_category_name", "control_characters"),
        ("description", json!("x".repeat(5_001)), "invalid_description", "too_long"),
        ("color", json!("blue"), "invalid_color", "invalid_format"),
        ("parentCategoryId", json!(""), "invalid_id", "invalid_format"),
        ("parentCategoryId", json!("019aa5b6-54c4-7d21-a0c9-6a7d6c7a2f10"), "invalid_parent", "not_found"),
        ("parentCategoryId", json!(1), "invalid_json", "invalid_type"),
        ("projectId", json!(project), "invalid_json", "unknown_field"),
    ] {
        let mut body = json!({"name": "y"});
        body[field] = value;
        app.post(&categories, body.clone()).await.refused(400, code).names(field, field_code);
        app.patch(&made, body).await.refused(400, code).names(field, field_code);
    }
    app.patch(&made, json!({"archived": 1})).await.refused(400, "invalid_json").names("archived", "invalid_type");
    assert_eq!(app.get(&categories).await.ok().each("name"), ["x"]);
}

#[actix_web::test]
async fn a_subtree_without_time_is_deleted_as_a_whole_and_one_with_time_not_at_all() {
    let app = TestApp::spawn().await;
    let project = app.project("a").await;
    let categories = format!("/api/projects/{project}/categories");
    let root = app.category(&project, "root").await;
    let middle = app.subcategory(&project, &root, "middle").await;
    let leaf = app.subcategory(&project, &middle, "leaf").await;
    let beside = app.category(&project, "beside").await;
    app.post("/api/time/start", json!({"categoryId": leaf})).await.created();
    let before = app.contents().await;
    let subtree = format!("{categories}/{root}?includeSubcategories=true");
    app.delete(&subtree).await.refused(409, "category_in_use");
    let whole = format!("/api/projects/{project}?includeCategories=true");
    app.delete(&whole).await.refused(409, "project_in_use");
    assert_eq!(app.contents().await, before, "nothing is deleted halfway");

    let entry = app.get("/api/time/active").await.ok().id();
    app.delete(&format!("/api/time/entries/{entry}")).await.is(204);
    app.delete(&subtree).await.is(204);
    assert_eq!(app.get(&categories).await.ok().ids(), [beside]);
    app.delete(&format!("{categories}/{root}?includeSubcategories=yes")).await.refused(400, "invalid_query");
    app.delete(&format!("/api/projects/{project}")).await.refused(409, "project_in_use");
    app.delete(&whole).await.is(204);
    assert_eq!(app.get("/api/categories").await.ok().text, "[]");
}

#[actix_web::test]
async fn siblings_have_the_order_that_was_chosen() {
    let app = TestApp::spawn().await;
    let (project, other) = (app.project("a").await, app.project("b").await);
    let categories = format!("/api/projects/{project}/categories");
    let order = format!("{categories}/order");
    let (one, two, three) =
        (app.category(&project, "1").await, app.category(&project, "2").await, app.category(&project, "3").await);
    let below = app.subcategory(&project, &one, "below").await;
    let elsewhere = app.category(&other, "x").await;
    let positions = async || {
        let listed = app.get(&categories).await.ok();
        listed.json.as_array().unwrap().iter().map(|one| one["position"].as_i64()).collect::<Vec<_>>()
    };
    assert_eq!(positions().await, [None; 4]);
    app.post(&order, json!({"categoryIds": [three, one]})).await.is(204);
    assert_eq!(positions().await, [Some(2), None, Some(1), None]);
    let revision = app.get(&format!("{categories}/{one}")).await.ok().json["revision"].clone();
    app.post(&order, json!({"categoryIds": [two, one]})).await.is(204);
    assert_eq!(positions().await, [Some(2), Some(1), None, None], "a place that another has taken is given up");
    assert_eq!(app.get(&format!("{categories}/{one}")).await.ok().json["revision"], revision, "its place is the same");
    app.post(&order, json!({"parentCategoryId": one, "categoryIds": [below]})).await.is(204);

    for (body, code) in [
        (json!({"categoryIds": []}), "invalid_ids"),
        (json!({"categoryIds": [one, one]}), "invalid_ids"),
        (json!({"categoryIds": [one, below]}), "invalid_ids"),
        (json!({"categoryIds": [elsewhere]}), "invalid_ids"),
        (json!({"categoryIds": ["x"]}), "invalid_id"),
        (json!({"parentCategoryId": elsewhere, "categoryIds": [one]}), "cross_project_parent"),
    ] {
        app.post(&order, body).await.refused(400, code);
    }
    app.post(&format!("/api/projects/{elsewhere}/categories/order"), json!({"categoryIds": [one]}))
        .await
        .refused(404, "not_found");
    app.patch(&format!("{categories}/{two}"), json!({"parentCategoryId": one})).await.ok();
    assert_eq!(positions().await, [Some(2), None, None, Some(1)], "a place is one among siblings");
}

#[actix_web::test]
async fn several_are_made_at_one_place_all_or_none() {
    let app = TestApp::spawn().await;
    let (project, other) = (app.project("a").await, app.project("b").await);
    let categories = format!("/api/projects/{project}/categories");
    let several = format!("{categories}/bulk-create");
    let parent = app.category(&project, "Design").await;
    let elsewhere = app.category(&other, "x").await;
    let body = json!({"parentCategoryId": parent, "categories": [
        {"name": " Logo ", "description": "d", "color": "#00FF00"}, {"name": "Sketches", "description": null, "color": null},
    ]});
    let made = app.post(&several, body).await.created();
    let shown = |json: &Value| {
        let of = |one: &Value| (one["name"].clone(), one["parentCategoryId"].clone(), one["color"].clone());
        json.as_array().unwrap().iter().map(of).collect::<Vec<_>>()
    };
    let expected = [(json!("Logo"), json!(parent), json!("#00ff00")), (json!("Sketches"), json!(parent), Value::Null)];
    assert_eq!(shown(&made.json), expected, "in the order of the request");
    assert_eq!(made.json[0]["description"], "d");
    assert_eq!(
        app.get(&format!("{categories}/{}", made.json[1]["id"].as_str().unwrap())).await.ok().json,
        made.json[1]
    );

    // Each name that is taken is named: by a sibling, by one before, in another spelling, and of the same place only.
    let names = |names: &[&str]| names.iter().map(|name| json!({"name": name})).collect::<Vec<_>>();
    let taken = json!({"parentCategoryId": parent, "categories": names(&["New", "LOGO", "Ärger", "Design", "a\u{308}rger", "new"])});
    let refused = app.post(&several, taken).await.refused(409, "duplicate_category_name");
    for place in [1, 4, 5] {
        let field = format!("categories[{place}].name");
        assert!(refused.json["fields"].to_string().contains(&format!("\"{field}\"")), "{}", refused.text);
    }
    assert_eq!(refused.json["fields"].as_array().unwrap().len(), 3, "{}", refused.text);
    assert_eq!(refused.json["fields"][0]["code"], "duplicate");
    let wrong =
        json!({"categories": [{"name": "ok"}, {"name": ""}, {"name": "x", "color": "red"}, {"description": "y"}]});
    let refused = app.post(&several, wrong).await.refused(400, "invalid_category_name");
    let refused = refused.names("categories[1].name", "empty").names("categories[2].color", "invalid_format");
    let _ = refused.names("categories[3].name", "required");
    let hundred = |count: usize| (0..count).map(|number| json!({"name": format!("n{number}")})).collect::<Vec<_>>();
    for (body, code) in [
        (json!({}), "invalid_json"),
        (json!({"categories": []}), "invalid_json"),
        (json!({"categories": hundred(101)}), "invalid_json"),
        (json!({"categories": [{"name": "x", "parentCategoryId": parent}]}), "invalid_json"),
        (json!({"parentCategoryId": "x", "categories": names(&["x"])}), "invalid_id"),
        (json!({"parentCategoryId": made.json[0]["projectId"], "categories": names(&["x"])}), "invalid_parent"),
        (json!({"parentCategoryId": elsewhere, "categories": names(&["x"])}), "cross_project_parent"),
    ] {
        app.post(&several, body).await.refused(400, code);
    }
    let unknown = format!("/api/projects/{elsewhere}/categories/bulk-create");
    app.post(&unknown, json!({"categories": names(&["x"])})).await.refused(404, "not_found");
    app.get(&several).await.refused(405, "method_not_allowed");
    assert_eq!(app.count("SELECT count(*) FROM categories").await, 4, "nothing of what was refused is there");

    app.as_member().await.post(&several, json!({"categories": names(&["x"])})).await.refused(403, "forbidden");
    let foreign = app.acting_as(app.add_workspace().await);
    foreign.post(&several, json!({"categories": names(&["x"])})).await.refused(404, "not_found");
    let manager = app.as_manager().await;
    assert_eq!(manager.post(&several, json!({"categories": hundred(100)})).await.created().ids().len(), 100);
    // Each of them is told by itself, so that nobody has to ask for everything.
    let told = "SELECT count(DISTINCT object_id) FROM events WHERE kind = 'category' AND object_id IS NOT NULL";
    assert_eq!(app.count(told).await, 104);
}

#[actix_web::test]
async fn a_repeated_request_for_several_is_answered_however_large_the_answer_was() {
    let app = TestApp::spawn().await;
    let several = format!("/api/projects/{}/categories/bulk-create", app.project("a").await);
    for (key, description) in [("small", "d"), ("large", &"d".repeat(1_000))] {
        let all: Vec<Value> =
            (0..100).map(|number| json!({"name": format!("{key} {number}"), "description": description})).collect();
        let send = async || {
            let request = app.request(Method::POST, &several).header("Idempotency-Key", key);
            app.send(request.json(&json!({"categories": all}))).await.created()
        };
        let (first, second) = (send().await, send().await);
        assert_eq!(second.header("idempotency-replayed"), "true", "{key}");
        assert_eq!(second.json, first.json, "{key}");
    }
    assert_eq!(app.count("SELECT count(*) FROM categories").await, 200);
}

#[actix_web::test]
async fn of_two_requests_for_the_same_names_one_is_refused() {
    let app = TestApp::spawn().await;
    let several = format!("/api/projects/{}/categories/bulk-create", app.project("a").await);
    for round in 0..5 {
        let body = |names: [&str; 2]| {
            let all = names.map(|name| json!({"name": format!("{name} {round}")}));
            json!({"categories": all})
        };
        let (one, other) =
            tokio::join!(app.post(&several, body(["One", "Two"])), app.post(&several, body(["Three", "One"])));
        let mut answers = [(one.status.as_u16(), one), (other.status.as_u16(), other)];
        answers.sort_by_key(|(status, _)| *status);
        let [(made, _), (refused, answer)] = answers;
        assert_eq!((made, refused), (201, 409), "{}", answer.text);
        assert!(answer.json["fields"].as_array().is_some_and(|fields| fields.len() == 1), "{}", answer.text);
    }
    assert_eq!(app.count("SELECT count(*) FROM categories").await, 10);
}
