//! `sslmode`, against the table in libpq's documentation.

use clockwork_core::database::{Db, DbError};
use diesel_async::RunQueryDsl;
use rcgen::{BasicConstraints, Certificate, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use tempfile::TempDir;

use crate::postgres::{Postgres, TRUST, written};
use crate::settings::{config, with_query};

#[derive(diesel::QueryableByName)]
struct Encrypted {
    #[diesel(sql_type = diesel::sql_types::Bool)]
    ssl: bool,
}

/// Whether a connection with this URL is encrypted, or what went wrong.
async fn encrypted(url: &str) -> Result<bool, String> {
    encrypted_with(&[("DATABASE_URL", url)]).await
}

async fn encrypted_with(variables: &[(&str, &str)]) -> Result<bool, String> {
    let db = Db::connect(&config(variables)).map_err(|error| error.to_string())?;
    match db.conn().await {
        Ok(mut connection) => {
            let query = diesel::sql_query("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()");
            Ok(query.get_result::<Encrypted>(&mut *connection).await.unwrap().ssl)
        }
        Err(DbError::Unreachable(reason)) => Err(reason),
        Err(other) => panic!("{other}"),
    }
}

fn authority(name: &str) -> (CertificateParams, KeyPair, Certificate) {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, name);
    let key = KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap();
    (params, key, certificate)
}

async fn tls_server(certificate: &str, key: &KeyPair, hba: &str) -> Postgres {
    let files = [("server.crt", certificate), ("server.key", &key.serialize_pem())];
    Postgres::start(&["ssl=on"], hba, &files).await
}

/// One server, because starting one takes longer than all these connections.
#[tokio::test]
async fn each_mode_checks_what_libpq_documents() {
    let (ca_params, ca_key, ca) = authority("The CA");
    let (_, _, other_ca) = authority("Another CA");
    let key = KeyPair::generate().unwrap();
    // For the name, not for the address: by 127.0.0.1 it is the wrong certificate.
    let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let certificate = params.signed_by(&key, &Issuer::new(ca_params, ca_key)).unwrap();
    let hba = "hostssl all plain_only all reject\nhostnossl all tls_only all reject\n".to_owned() + TRUST;
    let server = tls_server(&certificate.pem(), &key, &hba).await;
    server.admin().await.batch_execute("CREATE ROLE plain_only LOGIN; CREATE ROLE tls_only LOGIN").await.unwrap();
    let dir = tempfile::tempdir().unwrap();
    let root = format!("sslrootcert={}", written(&dir, "ca.pem", &ca.pem()).display());
    let wrong_root = format!("sslrootcert={}", written(&dir, "other.pem", &other_ca.pem()).display());

    let by_name = |query: &str| server.url(query);
    let by_address = |query: &str| server.url(query).replace("localhost", "127.0.0.1");
    let expect = [
        // The mode alone.
        (by_name("?sslmode=disable"), Ok(false)),
        (by_name(""), Ok(true)),
        (by_name("?sslmode=prefer"), Ok(true)),
        (by_name("?sslmode=require"), Ok(true)),
        (by_address("?sslmode=require"), Ok(true)),
        // Without authorities, those of the system count, and they do not know ours.
        (by_name("?sslmode=verify-ca"), Err("UnknownIssuer")),
        (by_name("?sslmode=verify-full"), Err("UnknownIssuer")),
        (by_name("?sslrootcert=system"), Err("UnknownIssuer")),
        // The right authority.
        (by_name(&format!("?sslmode=require&{root}")), Ok(true)),
        (by_name(&format!("?sslmode=verify-ca&{root}")), Ok(true)),
        (by_name(&format!("?sslmode=verify-full&{root}")), Ok(true)),
        // The wrong name matters to verify-full alone.
        (by_address(&format!("?sslmode=require&{root}")), Ok(true)),
        (by_address(&format!("?sslmode=verify-ca&{root}")), Ok(true)),
        (by_address(&format!("?sslmode=verify-full&{root}")), Err("certificate not valid for name")),
        // The wrong authority: require with one is verify-ca; prefer goes on without encryption.
        (by_name(&format!("?sslmode=require&{wrong_root}")), Err("UnknownIssuer")),
        (by_name(&format!("?sslmode=verify-ca&{wrong_root}")), Err("UnknownIssuer")),
        (by_name(&format!("?sslmode=verify-full&{wrong_root}")), Err("UnknownIssuer")),
        (by_name(&format!("?sslmode=prefer&{wrong_root}")), Ok(false)),
        // The server has its say as well.
        (by_name("?user=plain_only&sslmode=prefer"), Ok(false)),
        (by_name("?user=plain_only&sslmode=require"), Err("pg_hba.conf")),
        (by_name("?user=tls_only&sslmode=prefer"), Ok(true)),
        (by_name("?user=tls_only&sslmode=disable"), Err("pg_hba.conf")),
    ];
    for (url, expected) in expect {
        match (encrypted(&url).await, expected) {
            (Ok(ssl), Ok(expected)) => assert_eq!(ssl, expected, "{url}"),
            (Err(reason), Err(part)) => assert!(reason.contains(part), "{url}: {reason}"),
            (got, expected) => panic!("{url}: {got:?} instead of {expected:?}"),
        }
    }

    // DATABASE_CA_FILE is the same as sslrootcert, which wins over it.
    let file = |name: &str| dir.path().join(name).display().to_string();
    let with =
        async |url: &str, ca: &str| encrypted_with(&[("DATABASE_URL", url), ("DATABASE_CA_FILE", &file(ca))]).await;
    assert_eq!(with(&by_name("?sslmode=verify-full"), "ca.pem").await, Ok(true));
    assert!(with(&by_name("?sslmode=require"), "other.pem").await.is_err());
    assert_eq!(with(&by_name(&format!("?sslmode=verify-full&{root}")), "other.pem").await, Ok(true));
}

#[tokio::test]
async fn a_certificate_that_signed_itself_is_trusted_when_it_is_listed() {
    // As `openssl req -x509` makes them: an authority that is its own server.
    let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap().pem();
    let server = tls_server(&certificate, &key, TRUST).await;
    let dir = tempfile::tempdir().unwrap();
    let root = format!("sslrootcert={}", written(&dir, "server.pem", &certificate).display());
    assert_eq!(encrypted(&server.url(&format!("?sslmode=verify-full&{root}"))).await, Ok(true));
    let by_address = server.url(&format!("?sslmode=verify-full&{root}")).replace("localhost", "127.0.0.1");
    assert!(encrypted(&by_address).await.unwrap_err().contains("not valid for name"));
    assert!(encrypted(&server.url("?sslmode=verify-ca")).await.is_err());
}

#[tokio::test]
async fn a_server_without_tls_is_refused_by_every_mode_that_needs_it() {
    let database = clockwork_devdb::testing::server().await.unwrap().empty().await.unwrap();
    let url = |mode: &str| with_query(&database.url(), &format!("sslmode={mode}"));
    assert_eq!(encrypted(&url("disable")).await, Ok(false));
    assert_eq!(encrypted(&url("prefer")).await, Ok(false));
    let dir: TempDir = tempfile::tempdir().unwrap();
    let (_, _, ca) = authority("The CA");
    let root = written(&dir, "ca.pem", &ca.pem()).display().to_string();
    for mode in ["require", "verify-ca", "verify-full"] {
        let reason = encrypted(&format!("{}&sslrootcert={root}", url(mode))).await.unwrap_err();
        assert!(reason.contains("server does not support TLS"), "{reason}");
    }
}
