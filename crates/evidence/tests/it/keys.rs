//! Keys are made once, kept from others, and understood by OpenSSL.

use std::{fs, os::unix::fs::PermissionsExt as _, process::Command};

use earshot_evidence::{PublicKey, SigningKey};

#[test]
fn a_key_is_made_once_and_is_its_owners() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("evidence-key.pem");
    let first = SigningKey::kept_in(&path).unwrap();
    assert_eq!(SigningKey::kept_in(&path).unwrap().public(), first.public());
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::metadata(path.with_extension("pub")).unwrap().permissions().mode() & 0o044, 0o044);
    let public = PublicKey::from_pem(&fs::read_to_string(path.with_extension("pub")).unwrap()).unwrap();
    assert_eq!(public, first.public());
    assert_eq!(PublicKey::from_hex(&public.hex()), Some(public));
    SigningKey::generate().unwrap().write_new(&path).expect_err("it would replace the key that is there");
    assert_eq!(SigningKey::read(&path).unwrap().public(), first.public());
    assert!(!format!("{first:?}").contains(&first.public().hex()));
}

#[test]
fn what_is_no_key_is_refused_without_being_shown() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("k.pem");
    for text in ["", "hunter2", "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----\n"] {
        fs::write(&path, text).unwrap();
        let error = SigningKey::read(&path).unwrap_err().to_string();
        assert!(error.contains("k.pem") && !error.contains("hunter2"), "{error}");
        assert!(SigningKey::from_pem(text).is_err() && PublicKey::from_pem(text).is_err());
    }
    assert_eq!(PublicKey::from_hex("00"), None);
}

#[test]
fn openssl_reads_our_keys_and_signatures_and_we_its_keys() {
    let dir = tempfile::tempdir().unwrap();
    let openssl = |arguments: &[&str]| {
        let output = Command::new("openssl").args(arguments).current_dir(dir.path()).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    };
    let key = SigningKey::generate().unwrap();
    key.write_new(&dir.path().join("ours.pem")).unwrap();
    let public = String::from_utf8(openssl(&["pkey", "-in", "ours.pem", "-pubout"])).unwrap();
    assert_eq!(public.trim(), key.public().pem().trim());
    fs::write(dir.path().join("text"), "what was seen").unwrap();
    fs::write(dir.path().join("text.sig"), key.sign(b"what was seen")).unwrap();
    openssl(&["pkeyutl", "-verify", "-pubin", "-inkey", "ours.pub", "-rawin", "-in", "text", "-sigfile", "text.sig"]);
    openssl(&["genpkey", "-algorithm", "ed25519", "-out", "theirs.pem"]);
    let theirs = SigningKey::read(&dir.path().join("theirs.pem")).unwrap();
    assert!(theirs.public().has_signed(b"x", &theirs.sign(b"x")));
    assert!(
        !theirs.public().has_signed(b"y", &theirs.sign(b"x")) && !key.public().has_signed(b"x", &theirs.sign(b"x"))
    );
}
