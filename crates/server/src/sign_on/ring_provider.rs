//! ring as the cryptography of `jsonwebtoken`: the library brings none without its features, and those would be a
//! second one beside that of TLS. Only signatures with a key pair, and only checking them.

use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{ErrorKind, Result};
use jsonwebtoken::signature::{Error, Verifier};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey, DecodingKeyKind, EncodingKey};
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256,
    RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm,
};

static PROVIDER: CryptoProvider =
    CryptoProvider { signer_factory: no_signer, verifier_factory: verifier, key_utils: KeyUtils::new_unimplemented() };

/// Makes ring the provider of this process. Once is enough; a second time nothing changes.
pub(super) fn install() {
    let _ = PROVIDER.install_default();
}

enum Key {
    Rsa { n: Vec<u8>, e: Vec<u8> },
    Bytes(Vec<u8>),
}

struct RingVerifier {
    algorithm: Algorithm,
    key: Key,
}

/// The kind of key that an algorithm is for; none for what is not taken.
fn family_of(algorithm: Algorithm) -> Option<AlgorithmFamily> {
    match algorithm {
        Algorithm::RS256 | Algorithm::PS256 => Some(AlgorithmFamily::Rsa),
        Algorithm::ES256 | Algorithm::ES384 => Some(AlgorithmFamily::Ec),
        Algorithm::EdDSA => Some(AlgorithmFamily::Ed),
        _ => None,
    }
}

fn no_signer(_: &Algorithm, _: &EncodingKey) -> Result<Box<dyn JwtSigner>> {
    Err(ErrorKind::InvalidAlgorithm.into())
}

fn verifier(algorithm: &Algorithm, key: &DecodingKey) -> Result<Box<dyn JwtVerifier>> {
    // The key's family has to be the algorithm's: the bytes of a public key are no secret for HS256.
    if Some(key.family()) != family_of(*algorithm) {
        return Err(ErrorKind::InvalidKeyFormat.into());
    }
    let key = match key.kind() {
        DecodingKeyKind::RsaModulusExponent { n, e } => Key::Rsa { n: n.to_vec(), e: e.to_vec() },
        DecodingKeyKind::SecretOrDer(bytes) => Key::Bytes(bytes.to_vec()),
    };
    Ok(Box::new(RingVerifier { algorithm: *algorithm, key }))
}

impl Verifier<Vec<u8>> for RingVerifier {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> std::result::Result<(), Error> {
        let checked = match (&self.key, self.algorithm) {
            (Key::Rsa { n, e }, Algorithm::RS256) => rsa(&RSA_PKCS1_2048_8192_SHA256, n, e, message, signature),
            (Key::Rsa { n, e }, Algorithm::PS256) => rsa(&RSA_PSS_2048_8192_SHA256, n, e, message, signature),
            (Key::Bytes(key), Algorithm::ES256) => plain(&ECDSA_P256_SHA256_FIXED, key, message, signature),
            (Key::Bytes(key), Algorithm::ES384) => plain(&ECDSA_P384_SHA384_FIXED, key, message, signature),
            (Key::Bytes(key), Algorithm::EdDSA) => plain(&ED25519, key, message, signature),
            _ => false,
        };
        if checked { Ok(()) } else { Err(Error::new()) }
    }
}

impl JwtVerifier for RingVerifier {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}

fn rsa(parameters: &'static RsaParameters, n: &[u8], e: &[u8], message: &[u8], signature: &[u8]) -> bool {
    RsaPublicKeyComponents { n, e }.verify(parameters, message, signature).is_ok()
}

fn plain(algorithm: &'static dyn VerificationAlgorithm, key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    UnparsedPublicKey::new(algorithm, key).verify(message, signature).is_ok()
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::jwk::Jwk;
    use jsonwebtoken::{Validation, decode};
    use serde_json::{Value, json};

    use super::*;

    /// RFC 7515, A.2 (RS256) and A.3 (ES256).
    fn examples() -> Vec<(Algorithm, Value, &'static str)> {
        vec![
            (
                Algorithm::RS256,
                json!({"kty": "RSA", "e": "AQAB", "n": "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"}),
                "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw",
            ),
            (
                Algorithm::ES256,
                json!({"kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}),
                "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
            ),
        ]
    }

    fn verifies(algorithm: Algorithm, key: &Value, token: &str) -> bool {
        install();
        let key: Jwk = serde_json::from_value(key.clone()).unwrap();
        let mut validation = Validation::new(algorithm);
        validation.validate_exp = false;
        validation.required_spec_claims.clear();
        decode::<Value>(token, &DecodingKey::from_jwk(&key).unwrap(), &validation).is_ok()
    }

    #[test]
    fn the_examples_of_the_standards_are_right_and_no_other_text_is() {
        for (algorithm, key, token) in examples() {
            assert!(verifies(algorithm, &key, token), "{algorithm:?}");
            let (signed, signature) = token.rsplit_once('.').unwrap();
            let (header, payload) = signed.split_once('.').unwrap();
            let other = payload.replacen("eyJpc3Mi", "eyJpc3MJ", 1);
            assert!(!verifies(algorithm, &key, &format!("{header}.{other}.{signature}")), "{algorithm:?}");
            let shorter = &signature[..signature.len() - 4];
            assert!(!verifies(algorithm, &key, &format!("{signed}.{shorter}")), "{algorithm:?}");
            assert!(!verifies(algorithm, &key, &format!("{signed}.")), "{algorithm:?}");
        }
    }
}
