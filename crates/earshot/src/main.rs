//! `earshot`: who listens to a website's visitors before those have agreed to anything.

use clap::Parser as _;
use earshot::{
    cli::{Cli, Command},
    command,
    exit::Exit,
    telemetry, terminal,
};

fn main() -> Exit {
    let cli = Cli::parse();
    // The engine's child process brings its own runtime, and never returns.
    if matches!(cli.command, Command::Engine) {
        let _ = telemetry::start(&cli);
        earshot_local::engine::child_main();
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return terminal::failed(&error.into()),
    };
    let telemetry = {
        let _within = runtime.enter();
        telemetry::start(&cli)
    };
    let outcome = match telemetry {
        Ok(telemetry) => {
            let outcome = runtime.block_on(command::run(&cli));
            telemetry.stop();
            outcome
        }
        Err(error) => Err(error),
    };
    runtime.shutdown_background();
    outcome.unwrap_or_else(|error| terminal::failed(&error))
}
