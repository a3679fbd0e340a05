//! The hand-written sites and files are embedded by a macro that cargo does not see through: a changed page must rebuild
//! the crate.

fn main() {
    println!("cargo:rerun-if-changed=sites");
    println!("cargo:rerun-if-changed=files");
}
