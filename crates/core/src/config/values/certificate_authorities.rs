//! `DATABASE_CA_FILE` and `sslrootcert`, read once.

use std::path::{Path, PathBuf};

use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use thiserror::Error;

/// The certificate authorities that may vouch for a database server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CertificateAuthorities {
    /// Those that the operating system trusts.
    System,
    /// Those in a file.
    File(Vec<CertificateDer<'static>>),
}

/// Certificates cannot be used.
#[derive(Debug, Error)]
pub enum CertificateError {
    /// The file is missing, unreadable or not PEM.
    #[error("{path} cannot be read: {reason}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system or the PEM reader said.
        reason: String,
    },
    /// There is no certificate in the file.
    #[error("{0} holds no certificate")]
    Empty(PathBuf),
    /// The operating system has no certificate authorities.
    #[error("this system has no certificate authorities; set DATABASE_CA_FILE")]
    NoSystemAuthorities,
    /// The TLS library refused the certificates.
    #[error("the certificates cannot be used: {0}")]
    Unusable(String),
}

impl CertificateAuthorities {
    /// Reads a PEM file; `system` stands for the operating system's authorities, as in libpq.
    ///
    /// # Errors
    /// When there is no such file, or no certificate in it.
    pub fn read(path: &str) -> Result<Self, CertificateError> {
        if path == "system" {
            return Ok(Self::System);
        }
        let path = Path::new(path);
        let unreadable = |error: rustls_pki_types::pem::Error| CertificateError::Unreadable {
            path: path.to_owned(),
            reason: error.to_string(),
        };
        let certificates: Vec<_> =
            CertificateDer::pem_file_iter(path).map_err(unreadable)?.collect::<Result<_, _>>().map_err(unreadable)?;
        if certificates.is_empty() {
            Err(CertificateError::Empty(path.to_owned()))
        } else {
            Ok(Self::File(certificates))
        }
    }

    pub(crate) fn certificates(&self) -> Result<Vec<CertificateDer<'static>>, CertificateError> {
        match self {
            Self::File(certificates) => Ok(certificates.clone()),
            Self::System => match rustls_native_certs::load_native_certs().certs {
                found if found.is_empty() => Err(CertificateError::NoSystemAuthorities),
                found => Ok(found),
            },
        }
    }
}
