use proptest::prelude::*;

use super::*;
use crate::import::problem::{LineProblem, Severity};

const CLASSIC: &str = "User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,Duration,Tags,Amount (USD)\r\n";

fn zone(name: &str) -> TimeZone {
    TimeZone::parse(name).expect("a time zone")
}

fn read_in(bytes: &[u8], piece: usize, order: Option<DateOrder>) -> Result<ImportFile, FileError> {
    let mut parser = Parser::new(None)?;
    for piece in bytes.chunks(piece) {
        parser.push(piece)?;
    }
    parser.finish(&zone("Europe/Berlin"), order)
}

fn read(text: &str) -> ImportFile {
    read_in(text.as_bytes(), 7, None).expect("a readable file")
}

fn refusal(bytes: &[u8]) -> String {
    read_in(bytes, 1024, None).expect_err("a file that is refused").to_string()
}

/// `person | place | tags | times | billable | description`, to compare at a glance.
fn shown(file: &ImportFile) -> Vec<String> {
    let name = |index| file.tables.name(index).unwrap_or("–").to_owned();
    let describe = |entry: Entry<'_>| {
        let person = file.tables.people[entry.person];
        let place = file.tables.places[entry.place];
        let tags: Vec<String> = file.tables.tag_sets[entry.tags].iter().map(|tag| name(Some(*tag))).collect();
        format!(
            "{} {} | {}/{}/{} | {} | {:?} {:?} | {:?} | {:?}",
            name(person.name),
            name(person.email),
            name(place.client),
            name(place.project),
            name(place.task),
            tags.join("+"),
            entry.started_at,
            entry.stopped_at,
            entry.billable,
            entry.description,
        )
    };
    file.entries.iter().map(describe).collect()
}

fn problems(file: ImportFile) -> Vec<(u64, Option<String>, &'static str, Severity)> {
    let summary = |problem: LineProblem| (problem.line, problem.column, problem.code.as_str(), problem.severity);
    file.problems.into_listed().into_iter().map(summary).collect()
}

#[test]
fn the_classic_export_is_read() {
    let text = format!(
        "\u{feff}{CLASSIC}Ada,ada@example.com,Acme,Site,Design,\"Two\r\nlines, \"\"quoted\"\"\",Yes,2016-07-01,09:00:01,2016-07-01,10:30:00,01:29:59,\"Web, Deep work\",12.50\r\n\
         Ada,ada@example.com,,,,,No,2016-01-01,23:00:00,2016-01-02,01:00:00,02:00:00,,0.00\r\n"
    );
    let file = read(&text);
    assert_eq!(
        shown(&file),
        [
            "Ada ada@example.com | Acme/Site/Design | Web+Deep work | 2016-07-01T07:00:01Z 2016-07-01T08:30:00Z | Some(true) | \"Two\\nlines, \\\"quoted\\\"\"",
            "Ada ada@example.com | –/–/– |  | 2016-01-01T22:00:00Z 2016-01-02T00:00:00Z | Some(false) | \"\"",
        ]
    );
    assert_eq!((file.source, file.rows, file.stated_seconds), ("toggl", 2, Some(12_599)));
    assert_eq!(file.entries.iter().map(|entry| entry.line).collect::<Vec<_>>(), [2, 4]);
    assert_eq!(problems(file), [(1, Some("Amount (USD)".to_owned()), "ignored_column", Severity::Warning)]);
}

#[test]
fn the_new_export_is_read_in_any_order_with_dashes_for_nothing() {
    let file = read(
        "\"Description\";Start time;start DATE;Stop date;Stop time;Duration;Member;Project;Task;Tags;Client\n\
         -;9:00 AM;2026-01-05;2026-01-05;1:15 PM;4:15:00;Ada;Site;-;-;-\n\
         Running;9:00 AM;2026-01-06;-;;0:00:00;Ada;Site;-;-;-\n\
         No stop;9:00 AM;2026-01-06;;;0:00:10;Ada;Site;-;-;-\n",
    );
    assert_eq!(
        shown(&file),
        [
            "Ada – | –/Site/– |  | 2026-01-05T08:00:00Z 2026-01-05T12:15:00Z | None | \"\"",
            "Ada – | –/Site/– |  | 2026-01-06T08:00:00Z 2026-01-06T08:00:10Z | None | \"No stop\"",
        ]
    );
    assert_eq!(file.rows, 3);
    assert_eq!(problems(file), [(3, Some("Stop time".to_owned()), "running_entry", Severity::Warning)]);
}

#[test]
fn toggls_own_import_file_is_read() {
    let file = read(
        "Email\tUser\tProject\tStart date\tStart time\tDuration\tDescription\nada@example.com\tAda\tSite\t13.01.2016\t9:00\t1:30:00\t-\n\
         ada@example.com\tAda\tSite\t1.2.2016\t9:00\t\t\n",
    );
    assert_eq!(
        shown(&file),
        ["Ada ada@example.com | –/Site/– |  | 2016-01-13T08:00:00Z 2016-01-13T09:30:00Z | None | \"-\""]
    );
    assert!(!file.has_clients);
    assert_eq!(problems(file), [(3, Some("Duration".to_owned()), "required", Severity::Error)]);
}

#[test]
fn every_bad_cell_is_named() {
    let header = "Project,Billable,Start date,Start time,End date,End time,Duration,Tags\n";
    let long = "x".repeat(256);
    let text = format!(
        "{header}a,maybe,2016-13-01,25:00,,,x,\n\
         {long},,2016-01-01,10:00,2016-01-01,09:00,,\"ok,{long}\"\n\
         b\u{7},,2016-02-30,,2016-01-01,,,\n\
         c,,2016-01-01,10:00,2016-01-01,09:00,,\n\
         d,,2016-01-01,10:00\n\
         e,,1960-01-01,10:00,2016-01-01,09:00,,\n\
         ,,,,,,,\n\
         f,,2016-01-01,10:00,2016-01-01,11:00,,,,\n\
         \"g\nh\",,2016-01-01,10:00,2016-01-01,11:00,\n"
    );
    let file = read(&text);
    assert_eq!((file.rows, file.entries.len()), (8, 1));
    let expected = [
        (2, "Start date", "invalid_date"),
        (2, "Start time", "invalid_time"),
        (2, "Duration", "invalid_duration"),
        (2, "Billable", "invalid_billable"),
        (3, "Project", "too_long"),
        (3, "Tags", "too_long"),
        (4, "Project", "control_characters"),
        (4, "Start date", "invalid_date"),
        (4, "Start time", "required"),
        (4, "End time", "required"),
        (5, "End time", "stop_before_start"),
        (6, "", "wrong_cell_count"),
        (7, "Start time", "out_of_range"),
        (10, "", "wrong_cell_count"),
    ];
    let found = problems(file);
    let found: Vec<(u64, &str, &str)> =
        found.iter().map(|(line, column, code, _)| (*line, column.as_deref().unwrap_or(""), *code)).collect();
    assert_eq!(found, expected);
}

#[test]
fn a_date_that_does_not_exist_in_the_files_order_is_that_lines_error() {
    let header = "Start date,Start time,Duration\n";
    let text = format!("{header}13/01/2016,9:00,1:00:00\n01/02/2016,9:00,1:00:00\n30/02/2016,9:00,1:00:00\n");
    // 30 February is no date in either order, so it decides nothing.
    assert_eq!(read(&text).entries.len(), 2);
    let file = read_in(text.as_bytes(), 64, Some(DateOrder::MonthDayYear)).expect("a readable file");
    let problems = file.problems.into_listed();
    assert_eq!(problems[0].value.as_deref(), Some("13/01/2016"));
    assert!(problems[0].message.contains("MM/DD/YYYY"), "{}", problems[0].message);
    assert!(refusal(format!("{header}01/02/2016,9:00,1:00:00\n").as_bytes()).contains("dateOrder"));
}

#[test]
fn what_is_no_file_of_entries_is_refused_in_words() {
    let row = "Ada,a@example.com,,P,,d,Yes,2016-01-02,13:00:00,2016-01-02,13:30:00,00:30:00,,\r\n";
    let cases: [(&[u8], &str); 12] = [
        (b"", "the file is empty"),
        (b"\xef\xbb\xbf\r\n \n", "the file is empty"),
        (CLASSIC.as_bytes(), "no entries below it"),
        (CLASSIC.trim_end().as_bytes(), "no entries below it"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "a PNG image"),
        (b"hello\nworld\n", "the first line has the columns “hello”"),
        (b"{\"a\": 1}", "the first line has the columns"),
        (b"Project,Client,Start Date,Start Time,End Date,End Time,Duration (h)\n", "Toggl Track has Start date"),
        (b"Start date,Start time,Duration\n2016-01-01,9:00,\"0:10\n2016-01-01,9:00,0:10\n", "line 2: a quotation mark"),
        (b"Start date,Start time,Duration\n2016-01-01,9:00,0:10\nGr\xfc\xdfe", "line 3, byte 3: 0xfc is not UTF-8"),
        (b"Start date,Start time,Duration\n2016-01-01,9:00,\0", "NUL"),
        (&[b'x'; 10_000_000], "no first line with the names of columns"),
    ];
    for (bytes, expected) in cases {
        let found = refusal(bytes);
        assert!(found.contains(expected), "{found}");
    }
    let long_line = format!("{CLASSIC}{row}{}", "x".repeat(10_000_000));
    assert!(refusal(long_line.as_bytes()).contains("line 3: a record of more than 1 MiB"));
    assert!(Parser::new(Some("clickclock")).is_err_and(|error| error.to_string().contains("known are: toggl")));
}

#[test]
fn blanks_before_the_header_are_waited_for_only_so_long() {
    let rows = "Start date,Start time,Duration\n2016-01-01,9:00,0:10\n";
    let file = read(&format!("{}{rows}", "\r\n".repeat(1000)));
    assert_eq!(first_entry(&file).line, 1002);
    for blanks in ["\n".repeat(HEADER_MAX_BYTES + 1), " \n".repeat(100_000)] {
        for text in [blanks.clone(), format!("{blanks}{rows}")] {
            assert!(refusal(text.as_bytes()).contains("no first line with the names of columns"));
        }
    }
    assert_eq!(refusal("\n".repeat(HEADER_MAX_BYTES).as_bytes()), "the file is empty");
    let mut parser = Parser::new(None).expect("no source named");
    assert!((0..100 * 1024).any(|_| parser.push(b" ").is_err()), "before the file has ended");
}

#[test]
fn a_file_has_so_many_different_names_and_no_more() {
    let rows: String = (0..NAMES_MAX / 2).map(|row| format!("2016-01-01,9:00,0:10,Task {row}\n")).collect();
    let text = format!("Start date,Start time,Duration,Task\n{rows}");
    assert!(refusal(text.as_bytes()).contains("more than 100000 different projects, tasks"));
    // The same number of rows with fewer names is read.
    assert_eq!(read(&text.replace("Task 1", "Task ")).entries.len(), NAMES_MAX / 2);
}

#[test]
fn a_year_of_two_digits_may_come_first() {
    let text = "Start date,Start time,Duration\n26/11/27,9:00,1:00:00\n26/11/28,9:00,1:00:00\n30/02/28,9:00,1:00:00\n";
    let starts = |file: &ImportFile| -> Vec<String> {
        file.entries.iter().map(|entry| format!("{:?}", entry.started_at)).collect()
    };
    let file = read_in(text.as_bytes(), 64, Some(DateOrder::YearMonthDay)).expect("a readable file");
    assert_eq!(starts(&file), ["2026-11-27T08:00:00Z", "2026-11-28T08:00:00Z", "2030-02-28T08:00:00Z"]);
    // Without the last row, which begins otherwise, the file does not tell.
    let (undecided, _) = text.split_once("30/").expect("the last row");
    assert!(refusal(undecided.as_bytes()).contains("dateOrder (dmy or ymd)"));
    let file = read_in(text.as_bytes(), 64, Some(DateOrder::DayMonthYear)).expect("a readable file");
    assert_eq!(starts(&file), ["2027-11-26T08:00:00Z", "2028-11-26T08:00:00Z"]);
    assert_eq!(problems(file), [(4, Some("Start date".to_owned()), "invalid_date", Severity::Error)]);
}

/// One of the files that other trackers' bug reports are about.
fn fixture(name: &str) -> ImportFile {
    let path = format!("{}/tests/fixtures/imports/{name}.csv", env!("CARGO_MANIFEST_DIR"));
    read_in(&std::fs::read(path).expect("a fixture"), 7, None).expect("a readable file")
}

fn first_entry(file: &ImportFile) -> Entry<'_> {
    file.entries.iter().next().expect("an entry")
}

fn seconds(file: &ImportFile) -> Vec<i64> {
    file.entries.iter().map(|entry| entry.seconds()).collect()
}

#[test]
fn durations_are_in_the_format_of_the_profile_that_exports() {
    let classic = fixture("toggl-duration-classic");
    assert_eq!((seconds(&classic), classic.stated_seconds), (vec![1105, 25, 4705], Some(1105 + 25 + 4705)));
    assert_eq!(problems(classic), []);
    let decimal = fixture("toggl-duration-decimal");
    assert_eq!((seconds(&decimal), decimal.stated_seconds), (vec![1800, 900], Some(1800 + 900)));
    assert_eq!(problems(decimal), []);
}

#[test]
fn a_duration_that_only_checks_refuses_no_row() {
    let header = "Start date,Start time,End date,End time,Duration\n";
    let file = read(&format!(
        "{header}2016-01-02,9:00,2016-01-02,9:30,half an hour\n2016-01-02,9:00,2016-01-02,9:30,30\n2016-01-02,9:00,,,half an hour\n"
    ));
    assert_eq!(seconds(&file), [1800, 1800]);
    assert_eq!(
        problems(file),
        [
            (2, Some("Duration".to_owned()), "invalid_duration", Severity::Warning),
            (4, Some("Duration".to_owned()), "invalid_duration", Severity::Error),
        ]
    );
}

#[test]
fn billable_is_read_in_the_language_of_the_profile() {
    let file = fixture("toggl-billable-japanese");
    assert_eq!(file.entries.iter().map(|entry| entry.billable).collect::<Vec<_>>(), [Some(false), Some(true)]);
    assert_eq!(problems(file), []);
    let header = "Start date,Start time,Duration,Billable\n";
    let file = read(&format!(
        "{header}2016-01-02,9:00,0:30:00,qe\n2016-01-03,9:00,0:30:00,ghobe\n2016-01-04,9:00,0:30:00,Oui\n"
    ));
    assert_eq!(file.entries.iter().map(|entry| entry.billable).collect::<Vec<_>>(), [None, None, Some(true)]);
    assert_eq!(problems(file), [(2, Some("Billable".to_owned()), "invalid_billable", Severity::Warning)]);
}

#[test]
fn what_spreadsheets_make_of_a_file_is_read() {
    let file = fixture("two-digit-year");
    assert_eq!(format!("{:?}", first_entry(&file).started_at), "2026-03-31T07:00:00Z");
    let file = fixture("sep-line");
    assert_eq!((first_entry(&file).line, seconds(&file)), (3, vec![1800]));
    assert_eq!(problems(file), []);
    for (first, separator) in
        [("sep=;", ';'), ("SEP=|", '|'), ("\"sep=;\"", ';'), ("sep=,,,,", ','), ("\r\nsep=\t", '\t')]
    {
        let text =
            "Start date,Start time,Duration,Note\n1.2.2016,9:00 a. m.,0:30:00,x\n13.2.2016,9:00 p. m.,0:30:00,\n";
        let file = read(&format!("{first}\r\n{}", text.replace(',', &separator.to_string())));
        let starts: Vec<_> = file.entries.iter().map(|entry| format!("{:?}", entry.started_at)).collect();
        assert_eq!(starts, ["2016-02-01T08:00:00Z", "2016-02-13T20:00:00Z"], "{first:?}");
        let line = first_entry(&file).line - 1;
        assert_eq!(problems(file), [(line, Some("Note".to_owned()), "ignored_column", Severity::Warning)]);
    }
    assert!(refusal(b"sep=,\n").contains("no entries below it") || refusal(b"sep=,\n").contains("no first line"));
}

#[test]
fn keys_do_not_depend_on_the_file() {
    let keys = |text: &str, name: &str| {
        let mut parser = Parser::new(None).expect("no source named");
        parser.push(text.as_bytes()).expect("text");
        let file = parser.finish(&zone(name), None).expect("a readable file");
        file.entries.iter().map(|entry| entry.key).collect::<Vec<_>>()
    };
    let classic = keys(
        "Email,Client,Project,Task,Description,Start date,Start time,End date,End time,Duration,Tags\n\
         Ada@Example.com,C,P,T,d,2016-01-02,13:00:00,2016-01-02,13:30:00,00:30:00,a\n\
         ada@example.com,C,P,T,d,2016-01-02,13:00:00,2016-01-02,13:30:00,00:30:00,b\n\
         ada@example.com,C,P,,d,2016-01-02,13:00:00,2016-01-02,13:30:00,00:30:00,\n",
        "Europe/Berlin",
    );
    let new = keys(
        "Tags;Task;Project;Client;Description;Stop date;Stop time;Start date;Start time;Member;Email;Billable\n\
         -;-;P;C;d;01/13/2016;0:30;01/13/2016;0:00;A;ada@example.com;Yes\n\
         -;T;P;C;d;01/02/2016;12:30 PM;01/02/2016;12:00 PM;A;ada@example.com;Yes\n\
         -;T;P;C;d;01/02/2016;12:30 PM;01/02/2016;12:00 PM;A;ada@example.com;Yes\n",
        "UTC",
    );
    assert_eq!(classic[0..2], new[1..3]);
    assert_eq!(classic.iter().chain(&new).collect::<std::collections::HashSet<_>>().len(), 4);
    // Written down: a change here would make every entry that was imported before unknown.
    assert_eq!(hex::encode(classic[0]), "3f051e6f3bf712f36861ced8028a71f27621cb928752c233905d9a5f37356ec7");
}

#[test]
fn keys_do_not_depend_on_the_release_of_the_time_zones() {
    let of = |name: &str, text: &str| {
        let mut parser = Parser::new(None).expect("no source named");
        parser.push(text.as_bytes()).expect("text");
        let file = parser.finish(&zone(name), None).expect("a readable file");
        let entry = first_entry(&file);
        (format!("{:?}", entry.started_at), hex::encode(entry.key))
    };
    // The keys are those that the rules of 2025b gave, written down; the instants are today's.
    for (name, file, start, key) in [
        (
            "America/Vancouver",
            include_str!("../../../tests/fixtures/imports/zone-rules-vancouver.csv"),
            "2026-11-16T16:00:00Z",
            "8e19979a03a82687d1dd147c4a2b1d8ffa93c733ed0a6b1f3be5b60c7106ed6a",
        ),
        (
            "America/Edmonton",
            include_str!("../../../tests/fixtures/imports/zone-rules-edmonton.csv"),
            "2026-11-16T15:00:00Z",
            "d5cf8fdd913edd52a2ffa21b6c2a982ba67e65941b7a70121fe385a52317f1bd",
        ),
        (
            "Africa/Casablanca",
            include_str!("../../../tests/fixtures/imports/zone-rules-casablanca.csv"),
            "2026-10-05T09:00:00Z",
            "94a232a0510067cb64c95ca71210d70e11ff18c67570b7d9061c9a11b2160e98",
        ),
    ] {
        assert_eq!(of(name, file), (start.to_owned(), key.to_owned()), "{name}");
    }
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..400), piece in 1usize..50) {
        let _ = read_in(&bytes, piece, None);
        let below = [CLASSIC.as_bytes(), bytes.as_slice()].concat();
        let _ = read_in(&below, piece, None);
    }

    #[test]
    fn no_cells_make_the_reader_panic(rows in prop::collection::vec(prop::collection::vec("[0-9/:.,\"; -]{0,12}|[A-Z]{1,3}|2016-03-27|02:30:00|1:00:00", 14), 1..6)) {
        let text = rows.iter().map(|row| row.join(",")).collect::<Vec<_>>().join("\n");
        let _ = read_in(format!("{CLASSIC}{text}").as_bytes(), 64, Some(DateOrder::DayMonthYear));
    }

    #[test]
    fn what_is_written_is_read_back(
        descriptions in prop::collection::vec("[ -~äöü\n\t]{0,40}", 1..20),
        piece in 1usize..50,
    ) {
        let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
        let row = |text: &String| format!("{},2016-01-01,9:00,1:00:00\n", quoted(text));
        let text = format!("Description,Start date,Start time,Duration\n{}", descriptions.iter().map(row).collect::<String>());
        let file = read_in(text.as_bytes(), piece, None).expect("a readable file");
        let found: Vec<&str> = file.entries.iter().map(|entry| entry.description).collect();
        prop_assert_eq!(found, descriptions.iter().map(|text| text.trim()).collect::<Vec<_>>());
        let mut line = 2;
        for (entry, text) in file.entries.iter().zip(&descriptions) {
            prop_assert_eq!(entry.line, line);
            line += 1 + text.matches('\n').count() as u64;
        }
    }
}
