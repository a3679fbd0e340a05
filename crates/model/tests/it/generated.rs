//! The checked-in Rust is what the `.proto` files say.

use std::{env, fs, path::PathBuf};

/// Set it to any value and run this test to rewrite the checked-in file.
const REGENERATE: &str = "EARSHOT_REGENERATE";

/// prost-build names the file after the package.
const FILE: &str = "earshot.v1.rs";

#[test]
fn generated_rust_matches_the_proto_files() {
    let checked_in = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/gen").join(FILE);
    let fresh = generate();
    if env::var_os(REGENERATE).is_some() {
        fs::write(&checked_in, &fresh).unwrap();
    }
    let kept = fs::read_to_string(&checked_in).unwrap_or_default();
    assert!(
        kept == fresh,
        "{FILE} differs from proto/; run `{REGENERATE}=1 cargo nextest run -p earshot-model generated`"
    );
}

/// The text that prost makes of all files under `proto/`, without `protoc`.
fn generate() -> String {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../proto");
    let mut files: Vec<_> = fs::read_dir(root.join("earshot/v1")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let descriptors = protox::compile(&files, [&root]).unwrap();
    let out = tempfile::tempdir().unwrap();
    prost_build::Config::new().out_dir(out.path()).compile_fds(descriptors).unwrap();
    fs::read_to_string(out.path().join(FILE)).unwrap()
}
