//! The HTTP interface, spoken by curl and by the `clickhouse` crate.

use clickhouse::{Client, Row};
use earshot_local::Engine;
use serde::{Deserialize, Serialize};
use tokio::io::AsyncWriteExt;

use crate::{curl, engine};

fn client(engine: &Engine) -> Client {
    Client::default().with_url(engine.url()).with_user(Engine::USER).with_password(engine.password())
}

#[derive(Clone, Debug, PartialEq, Row, Serialize, Deserialize)]
struct Line {
    n: u64,
    text: String,
    maybe: Option<f64>,
    list: Vec<String>,
}

fn line(n: u64) -> Line {
    Line {
        n,
        text: format!("it's \t{n}"),
        maybe: n.is_multiple_of(2).then_some(n as f64),
        list: vec!["a".into(); (n % 3) as usize],
    }
}

#[tokio::test]
async fn the_clickhouse_crate_writes_and_reads() {
    const ROWS: u64 = 300_000;
    let (engine, _dir) = engine().await;
    let client = client(&engine).with_database("d");
    client.clone().with_database("default").query("CREATE DATABASE d").execute().await.unwrap();
    let create = "CREATE TABLE t (n UInt64, text String, maybe Nullable(Float64), list Array(LowCardinality(String))) \
                  ENGINE = MergeTree ORDER BY n";
    client.query(create).execute().await.unwrap();
    let mut insert = client.insert::<Line>("t").await.unwrap();
    for n in 0..ROWS {
        insert.write(&line(n)).await.unwrap();
    }
    insert.end().await.unwrap();

    // Several blocks: each repeats the header, which only the first may keep.
    let mut cursor = client.query("SELECT ?fields FROM t ORDER BY n").fetch::<Line>().unwrap();
    let mut n = 0;
    while let Some(read) = cursor.next().await.unwrap() {
        assert_eq!(read, line(n));
        n += 1;
    }
    assert_eq!(n, ROWS);

    // Server-side parameters travel in a multipart form.
    let query = "SELECT count() FROM t WHERE n < {below:UInt64} AND text LIKE {like:String}";
    let counted: u64 = client.query(query).param("below", 100).param("like", "it's \t%").fetch_one().await.unwrap();
    assert_eq!(counted, 100);
    engine.stop().await;
}

#[tokio::test]
async fn an_insert_that_breaks_off_leaves_nothing_and_a_bad_one_says_why() {
    let (engine, _dir) = engine().await;
    let client = client(&engine);
    client.query("CREATE TABLE t (n UInt64) ENGINE = MergeTree ORDER BY n").execute().await.unwrap();
    let answer = curl(&engine, "/?query=INSERT%20INTO%20t%20FORMAT%20CSV", &["-i", "-d", "1\nx\n"]).await;
    assert!(answer.starts_with("HTTP/1.1 400") && answer.contains("Code: "), "{answer}");
    let answer = curl(&engine, "/?query=INSERT%20INTO%20u%20FORMAT%20CSV", &["-i", "-d", "1"]).await;
    assert!(answer.starts_with("HTTP/1.1 404") && answer.contains("x-clickhouse-exception-code: 60"), "{answer}");

    let mut insert = client.insert_formatted_with("INSERT INTO t FORMAT RowBinary").buffered();
    insert.write_all(&7_u64.to_le_bytes()).await.unwrap();
    insert.flush().await.unwrap();
    drop(insert);
    assert_eq!(curl(&engine, "/", &["-d", "SELECT count() FROM t"]).await, "0\n");
    engine.stop().await;
}

#[tokio::test]
async fn curl_asks_in_every_way() {
    let (engine, _dir) = engine().await;
    for (address, args, expected) in [
        ("/ping", &[][..], "Ok.\n"),
        ("/", &[], "Ok.\n"),
        ("/?query=SELECT%201", &[], "1\n"),
        ("/", &["-d", "SELECT 1, 'a' FORMAT CSV"], "1,\"a\"\n"),
        ("/?query=SELECT%201", &["-d", "+ 1 FORMAT TSV"], "2\n"),
        ("/?default_format=JSONEachRow", &["-d", "SELECT 1 AS a"], "{\"a\":1}\n"),
        ("/", &["-H", "X-ClickHouse-Format: TSVWithNames", "-d", "SELECT number AS n FROM numbers(2)"], "n\n0\n1\n"),
        ("/?param_x=it%27s&query=SELECT%20%7Bx:String%7D", &[], "it\\'s\n"),
        ("/?database=system", &["-d", "SELECT currentDatabase()"], "system\n"),
        ("/?max_threads=3", &["-d", "SELECT getSetting('max_threads')"], "3\n"),
        ("/", &["-d", "SHOW DATABASES LIKE 'def%'"], "default\n"),
        (
            "/",
            &["-d", "SELECT number % 2 AS k, count() FROM numbers(4) GROUP BY k WITH TOTALS ORDER BY k"],
            "0\t2\n1\t2\n\n0\t4\n",
        ),
        ("/", &["-F", "query=SELECT {x:UInt8} + 1", "-F", "param_x=4"], "5\n"),
    ] {
        assert_eq!(curl(&engine, address, args).await, expected, "{address} {args:?}");
    }
    let json = curl(&engine, "/?query=SELECT%20number%20FROM%20numbers(200000)%20FORMAT%20JSONCompact", &[]).await;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["rows"], 200_000);
    engine.stop().await;
}

#[tokio::test]
async fn errors_have_code_status_and_text() {
    let (engine, _dir) = engine().await;
    curl(&engine, "/", &["-d", "CREATE TABLE t (n UInt8) ENGINE = Memory"]).await;
    for (address, args, status, text) in [
        ("/", &["-d", "SELEC 1"][..], 400, "Code: 62. DB::Exception: Syntax error"),
        ("/", &["-d", "SELECT * FROM nowhere"], 404, "(UNKNOWN_TABLE)"),
        ("/?database=nowhere", &["-d", "SELECT 1"], 404, "(UNKNOWN_DATABASE)"),
        ("/?no_such_setting=1", &["-d", "SELECT 1"], 404, "(UNKNOWN_SETTING)"),
        ("/", &["-d", "SELECT 1; SELECT 2"], 400, "Multi-statements are not allowed"),
        ("/?query=CREATE%20TABLE%20x%20(a%20UInt8)%20ENGINE%3DMemory", &[], 500, "(READONLY)"),
        ("/?query=INSERT%20INTO%20t%20VALUES%20(1)", &["-G"], 500, "(READONLY)"),
        ("/?compress=1", &["-d", "SELECT 1"], 501, "does not support compression"),
        ("/", &["-u", "earshot:wrong", "-d", "SELECT 1"], 403, "(AUTHENTICATION_FAILED)"),
        ("/", &["-d", "SELECT {x:UInt8}"], 400, "(UNKNOWN_QUERY_PARAMETER)"),
        ("/nowhere", &[], 404, "no such address"),
        ("/", &["-d", "SELECT * FROM numbers(100000000) FORMAT JSON"], 500, "(TOO_MANY_ROWS_OR_BYTES)"),
    ] {
        let args: Vec<&str> = ["-i"].iter().chain(args).copied().collect();
        let answer = curl(&engine, address, &args).await;
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}")) && answer.contains(text),
            "{address} {args:?}: {answer}"
        );
    }
    assert_eq!(curl(&engine, "/", &["-d", "SELECT count() FROM t"]).await, "0\n", "GET must not write");
    engine.stop().await;
}

#[tokio::test]
async fn an_error_in_the_middle_of_an_answer_is_not_taken_for_its_end() {
    let (engine, _dir) = engine().await;
    let query = "SELECT number, throwIf(number = 2000000) AS t FROM numbers(3000000)";
    let answer = curl(&engine, "/", &["-o", "/dev/null", "-d", query]).await;
    assert!(answer.contains("curl: (18)"), "curl should see a broken transfer: {answer}");
    #[derive(Row, Deserialize)]
    struct Pair {
        #[allow(dead_code)]
        number: u64,
        #[allow(dead_code)]
        t: u8,
    }
    let mut cursor = client(&engine).query(query).fetch::<Pair>().unwrap();
    let error = loop {
        match cursor.next().await {
            Ok(Some(_)) => {}
            Ok(None) => panic!("the error was lost"),
            Err(error) => break error.to_string(),
        }
    };
    assert!(error.contains("FUNCTION_THROW_IF_VALUE_IS_NON_ZERO"), "{error}");
    engine.stop().await;
}

#[tokio::test]
async fn a_long_answer_does_not_fill_the_memory_and_a_client_that_leaves_ends_it() {
    let (engine, _dir) = engine().await;
    let mut answer =
        client(&engine).query("SELECT number, toString(number) FROM system.numbers").fetch_bytes("TSV").unwrap();
    let mut read = 0;
    while read < 200 << 20 {
        read += answer.next().await.unwrap().unwrap().len();
    }
    let status = std::fs::read_to_string(format!("/proc/{}/status", engine.pid())).unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap().trim().trim_end_matches(" kB");
    assert!(peak.parse::<u64>().unwrap() < 1 << 20, "peak of {peak} kB");
    drop(answer);
    // An endless query that nobody cancels would keep the engine from ending by itself.
    assert!(engine.stop().await.status.unwrap().success());
}

/// Grafana's plugin asks like this. The lengths tell that each column of the engine's answer was measured rightly.
#[tokio::test]
async fn native_answers_have_the_form_that_the_clients_protocol_asks_for() {
    const COLUMNS: usize = 14;
    let (engine, _dir) = engine().await;
    let query = "SELECT number, toString(number) s, toLowCardinality(s) lc, if(number % 2 = 0, NULL, number) n, \
                 [s, 'x'] a, arrayMap(x -> toLowCardinality(toString(x)), range(number % 3)) alc, (number, s) t, \
                 map(s, number) m, CAST(map(s, [s]), 'Map(LowCardinality(String), Array(String))') ml, now64(3) d, toDateTime(1, 'UTC') dt, toDecimal64(1, 2) de, generateUUIDv4() u, \
                 CAST(if(number % 2 = 0, NULL, s), 'LowCardinality(Nullable(String))') lcn FROM numbers(ROWS)";
    for (rows, added) in [(0, 0), (1, 8 + COLUMNS), (1000, 8 + COLUMNS)] {
        let query = query.replace("ROWS", &rows.to_string());
        let length = async |address: &str| {
            let arguments = ["-o", "/dev/null", "-w", "%{http_code} %{size_download}", "-d", &query];
            let told = curl(&engine, address, &arguments).await;
            told.strip_prefix("200 ").unwrap_or_else(|| panic!("{told}")).parse::<usize>().unwrap()
        };
        let plain = length("/?default_format=Native").await;
        let revised = length("/?default_format=Native&client_protocol_version=54460").await;
        assert_eq!(revised, plain + added, "{rows} rows");
        let whole = length("/?default_format=Native&client_protocol_version=54460&wait_end_of_query=1").await;
        assert_eq!(whole, revised);
    }
    engine.stop().await;
}
