//! Encryption of database connections: trusted authorities, and the checks of each `sslmode`.

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::server::ParsedCertificate;
use rustls::{
    CertificateError as Refusal, ClientConfig, DigitallySignedStruct, Error as TlsError, RootCertStore, SignatureScheme,
};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::config::{CertificateAuthorities, CertificateError, SslMode};

/// Makes the TLS side of connections for a mode. `authorities` are those that were named, if any.
pub(super) fn connector(
    mode: SslMode,
    authorities: Option<&CertificateAuthorities>,
) -> Result<MakeRustlsConnect, CertificateError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    // As in libpq, authorities that are there are used in every mode, and only the verifying modes need them.
    let trusted = match (mode, authorities) {
        (SslMode::VerifyCa | SslMode::VerifyFull, None) => Some(CertificateAuthorities::System.certificates()?),
        (SslMode::Disable, _) | (_, None) => None,
        (_, Some(authorities)) => Some(authorities.certificates()?),
    };
    let chain = trusted.map(|trusted| Chain::new(trusted, &provider)).transpose()?;
    let verifier = Verifier { provider: Arc::clone(&provider), chain, check_name: mode == SslMode::VerifyFull };
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| CertificateError::Unusable(error.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

/// The check of a certificate's origin.
#[derive(Debug)]
struct Chain {
    webpki: Arc<WebPkiServerVerifier>,
    trusted: Vec<CertificateDer<'static>>,
}

impl Chain {
    fn new(trusted: Vec<CertificateDer<'static>>, provider: &Arc<CryptoProvider>) -> Result<Self, CertificateError> {
        let mut roots = RootCertStore::empty();
        // A system's store may hold certificates of an old form; what is left over of it is what counts.
        roots.add_parsable_certificates(trusted.iter().cloned());
        let webpki = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider))
            .build()
            .map_err(|error| CertificateError::Unusable(error.to_string()))?;
        Ok(Self { webpki, trusted })
    }
}

/// Checks as much as the mode says: nothing, the origin, or the origin and the name.
#[derive(Debug)]
struct Verifier {
    provider: Arc<CryptoProvider>,
    chain: Option<Chain>,
    check_name: bool,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, TlsError> {
        let Some(chain) = &self.chain else { return Ok(ServerCertVerified::assertion()) };
        match chain.webpki.verify_server_cert(certificate, intermediates, name, ocsp, now) {
            // The name is looked at last, so here the origin is in order.
            Err(TlsError::InvalidCertificate(Refusal::NotValidForName | Refusal::NotValidForNameContext { .. }))
                if !self.check_name =>
            {
                Ok(ServerCertVerified::assertion())
            }
            // A certificate signed by itself, as `openssl req -x509` makes them, may not vouch for itself in the web's
            // rules. Here it is trusted by being listed; libpq takes it as well.
            Err(error) if chain.trusted.contains(certificate) => {
                tracing::debug!(%error, "the database's certificate is itself listed as trusted");
                if self.check_name {
                    rustls::client::verify_server_name(&ParsedCertificate::try_from(certificate)?, name)?;
                }
                Ok(ServerCertVerified::assertion())
            }
            verdict => verdict,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        verify_tls12_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        verify_tls13_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
