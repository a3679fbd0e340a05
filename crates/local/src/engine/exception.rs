//! An error of the engine, as ClickHouse's HTTP interface tells it.

use http::StatusCode;

/// "Code: 62. DB::Exception: Syntax error: … (SYNTAX_ERROR)".
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Exception {
    /// ClickHouse's number for it; 0 if it could not be read.
    pub(crate) code: u32,
    /// The whole text.
    pub(crate) text: String,
}

impl Exception {
    /// An error of the front itself, in the engine's words.
    pub(crate) fn ours(code: u32, name: &str, what: &str) -> Self {
        Self { code, text: format!("Code: {code}. DB::Exception: {what}. ({name})") }
    }

    /// Reads the code from the engine's text.
    pub(crate) fn parse(text: String) -> Self {
        let digits = text.split_once("Code: ").and_then(|(_, rest)| rest.split(|c: char| !c.is_ascii_digit()).next());
        let code = digits.and_then(|digits| digits.parse().ok()).unwrap_or(0);
        Self { code, text: text.trim_end().to_owned() }
    }

    /// The HTTP status under which ClickHouse answers such an error.
    ///
    /// Source: `src/Server/HTTP/exceptionCodeToHTTPStatus.cpp` and `src/Common/ErrorCodes.cpp` of ClickHouse.
    pub(crate) fn status(&self) -> StatusCode {
        match self.code {
            // REQUIRED_PASSWORD
            194 => StatusCode::UNAUTHORIZED,
            // UNKNOWN_USER, WRONG_PASSWORD, AUTHENTICATION_FAILED
            192 | 193 | 516 => StatusCode::FORBIDDEN,
            // CANNOT_PARSE_*, DUPLICATE_COLUMN, INCORRECT_*, BAD_ARGUMENTS, ILLEGAL_*, SYNTAX_ERROR, TYPE_MISMATCH,
            // INCORRECT_DATA, UNKNOWN_QUERY_PARAMETER
            6 | 15 | 25..=27 | 36 | 38 | 41..=44 | 53 | 62 | 69 | 72 | 79 | 80 | 117 | 130 | 131 | 427 | 456 | 457 => {
                StatusCode::BAD_REQUEST
            }
            // UNKNOWN_FUNCTION, _IDENTIFIER, _TYPE, _STORAGE, _TABLE, _AGGREGATE_FUNCTION, _FORMAT, _DATABASE, _SETTING
            46 | 47 | 50 | 56 | 60 | 63 | 73 | 81 | 115 => StatusCode::NOT_FOUND,
            // TIMEOUT_EXCEEDED
            159 => StatusCode::REQUEST_TIMEOUT,
            // QUERY_IS_TOO_LARGE
            177 => StatusCode::PAYLOAD_TOO_LARGE,
            // NOT_IMPLEMENTED, UNKNOWN_TYPE_OF_QUERY
            48 | 78 => StatusCode::NOT_IMPLEMENTED,
            // NETWORK_ERROR of ours: the engine is closing
            210 => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Whether the engine only says that it cannot stream this kind of statement.
    pub(crate) fn cannot_stream(&self) -> bool {
        self.code == 36 && self.text.contains("Streaming query is not supported")
    }
}

impl Default for Exception {
    fn default() -> Self {
        Self::ours(1002, "UNKNOWN_EXCEPTION", "the engine failed without saying why")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_decides_the_status() {
        for (text, code, status) in [
            ("Code: 62. DB::Exception: Syntax error. (SYNTAX_ERROR)", 62, 400),
            ("Code: 60. DB::Exception: Unknown table. (UNKNOWN_TABLE)", 60, 404),
            ("Code: 241. DB::Exception: Memory limit. (MEMORY_LIMIT_EXCEEDED)", 241, 500),
            ("segmentation fault", 0, 500),
        ] {
            let exception = Exception::parse(text.to_owned());
            assert_eq!((exception.code, exception.status().as_u16()), (code, status), "{text}");
        }
    }
}
