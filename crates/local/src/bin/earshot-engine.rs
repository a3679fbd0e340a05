//! The engine's process on its own: what `earshot engine` runs, for the tests of this crate and of the store.

fn main() {
    earshot_local::engine::child_main()
}
