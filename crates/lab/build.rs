//! The hand-written sites are embedded by a macro that cargo does not see through: a changed page must rebuild the crate.

fn main() {
    println!("cargo:rerun-if-changed=sites");
}
