//! The embedded engine's process, for the tests of this crate: examples may use what only tests depend on.

fn main() {
    earshot_local::engine::child_main()
}
