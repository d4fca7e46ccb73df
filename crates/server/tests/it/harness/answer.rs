//! An answer, read whole, with the assertions that tests make of it.

use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde_json::Value;

/// What a server answered.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as JSON; null when there is none or it is something else.
    pub json: Value,
    /// The body as it came.
    pub text: String,
}

impl Answer {
    /// Reads an answer to its end.
    pub async fn read(response: reqwest::Response) -> Self {
        let (status, headers) = (response.status(), response.headers().clone());
        let text = response.text().await.unwrap();
        Self { status, headers, json: serde_json::from_str(&text).unwrap_or_default(), text }
    }

    /// A header as text; empty when absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// Asserts a status.
    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self
    }

    /// Asserts 200.
    #[track_caller]
    pub fn ok(self) -> Self {
        self.is(200)
    }

    /// Asserts 201.
    #[track_caller]
    pub fn created(self) -> Self {
        self.is(201)
    }

    /// Asserts an error's status and code.
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Self {
        let answer = self.is(status);
        assert_eq!(answer.json["code"], code, "{}", answer.text);
        answer
    }

    /// Asserts that an error names a field, with a code.
    #[track_caller]
    pub fn names(self, field: &str, code: &str) -> Self {
        let fields = self.json["fields"].as_array().cloned().unwrap_or_default();
        let named = fields.iter().any(|f| f["field"] == field && f["code"] == code);
        assert!(named, "expected {field}: {code} in {}", self.text);
        self
    }

    /// The id of the object.
    #[track_caller]
    pub fn id(&self) -> String {
        self.json["id"].as_str().unwrap_or_else(|| panic!("no id in {}", self.text)).to_owned()
    }

    /// The ids of a list of objects, in order.
    #[track_caller]
    pub fn ids(&self) -> Vec<String> {
        self.each("id").iter().map(|id| id.as_str().unwrap().to_owned()).collect()
    }

    /// One field of each object of a list, in order.
    #[track_caller]
    pub fn each(&self, field: &str) -> Vec<Value> {
        let list = self.json.as_array().unwrap_or_else(|| panic!("not a list: {}", self.text));
        list.iter().map(|object| object[field].clone()).collect()
    }
}
