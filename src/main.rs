//! The command `adcvd`.

fn main() -> std::process::ExitCode {
    adcvd::cli::main()
}
