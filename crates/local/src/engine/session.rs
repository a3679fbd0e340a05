//! One connection to the engine and what can be asked of it. All of it blocks.

use std::{
    ffi::{CString, c_char, c_int},
    path::{Path, PathBuf},
    ptr,
    sync::Arc,
};

use bytes::Bytes;

use super::{
    exception::Exception,
    library::{Analysis, CLASS_READ_ONLY, Connection, Library, RawInsert, RawResult, text},
};
use crate::LocalError;

/// The open data of one directory: hands out sessions.
///
/// There is one session per query, not a pool of them: opening one takes 0.2 ms while another is open, and a new one
/// has no settings, current database or temporary tables left over from somebody else's query.
pub(crate) struct Database {
    library: Library,
    path: PathBuf,
    /// Keeps the engine up between queries.
    first: *mut Connection,
}

/// One connection. A connection serialises its queries; several sessions run in parallel.
pub(crate) struct Session {
    database: Arc<Database>,
    handle: *mut Connection,
}

/// Names and values of `{name:Type}` parameters.
pub(crate) type Params = Vec<(String, String)>;

/// What a finished query did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) rows_read: u64,
    pub(crate) bytes_read: u64,
    pub(crate) rows_written: u64,
    pub(crate) bytes_written: u64,
}

/// The answer to a query, block by block: each block is a complete text of its format.
pub(crate) struct Blocks<'s> {
    session: &'s Session,
    stream: RawResult,
    done: bool,
}

/// A running insert.
pub(crate) struct Insert<'s> {
    session: &'s Session,
    stream: RawInsert,
}

// SAFETY: the C API is thread-safe but for the use of one connection by several threads at a time, which the
// exclusive ownership of a session by the thread that runs its query rules out. `first` is never used for queries.
unsafe impl Send for Database {}
// SAFETY: see above.
unsafe impl Sync for Database {}
// SAFETY: see above; a connection is not bound to the thread that opened it.
unsafe impl Send for Session {}

impl Database {
    /// Opens the data in `path`, once per process: the engine knows one path only.
    pub(crate) fn open(library: &Path, path: &Path) -> Result<Arc<Self>, LocalError> {
        let library = Library::load(library)?;
        let mut database = Self { library, path: path.to_owned(), first: ptr::null_mut() };
        database.first = database.connect().ok_or_else(|| LocalError::Open(path.to_owned()))?;
        Ok(Arc::new(database))
    }

    /// A new session with default settings.
    pub(crate) fn session(self: &Arc<Self>) -> Result<Session, Exception> {
        let handle = self.connect().ok_or_else(|| Exception::ours(210, "NETWORK_ERROR", "the engine is closing"))?;
        Ok(Session { database: Arc::clone(self), handle })
    }

    /// Version of the library.
    pub(crate) fn version(&self) -> String {
        self.library.version()
    }

    /// Ends the engine's threads, if no session is open any more. Nothing can be asked afterwards.
    pub(crate) fn close(&self) -> bool {
        // SAFETY: `first` came from connect and is closed once: the process ends after this.
        unsafe {
            (self.library.close)(self.first);
            (self.library.shutdown)() == 0
        }
    }

    fn connect(&self) -> Option<*mut Connection> {
        let path = CString::new(format!("--path={}", self.path.display())).ok()?;
        // Settings of the engine's own, for whoever wants some: clusters and macros, for instance.
        let config = self.path.join("config.xml");
        let config = CString::new(format!("--config-file={}", config.display())).ok().filter(|_| config.is_file());
        let given = [Some(c"clickhouse"), Some(path.as_c_str()), config.as_deref()];
        let mut arguments: Vec<_> = given.into_iter().flatten().map(|text| text.as_ptr().cast_mut()).collect();
        let count = c_int::try_from(arguments.len()).ok()?;
        // SAFETY: valid C strings that outlive the call, as many as it is told.
        let handle = unsafe { (self.library.connect)(count, arguments.as_mut_ptr()) };
        // SAFETY: connect returns null or a pointer to a handle.
        (!handle.is_null() && !unsafe { *handle }.is_null()).then_some(handle)
    }
}

impl Session {
    /// Runs `sql` to its end. `format` is used where the text names none.
    pub(crate) fn query(&self, sql: &str, format: &str, params: &Params) -> Result<(Bytes, Counts), Exception> {
        let arrays = Arrays::of(params);
        // SAFETY: all pointers are valid for the call, with their lengths.
        let result = unsafe {
            (self.library().query)(
                self.raw(),
                sql.as_ptr().cast(),
                sql.len(),
                format.as_ptr().cast(),
                format.len(),
                arrays.names.as_ptr(),
                arrays.name_lens.as_ptr(),
                arrays.values.as_ptr(),
                arrays.value_lens.as_ptr(),
                params.len(),
            )
        };
        self.take(result)
    }

    /// Begins a query whose answer is fetched block by block; only a SELECT can be.
    pub(crate) fn stream(&self, sql: &str, format: &str, params: &Params) -> Result<Blocks<'_>, Exception> {
        let arrays = Arrays::of(params);
        // SAFETY: all pointers are valid for the call, with their lengths.
        let stream = unsafe {
            (self.library().stream_query)(
                self.raw(),
                sql.as_ptr().cast(),
                sql.len(),
                format.as_ptr().cast(),
                format.len(),
                arrays.names.as_ptr(),
                arrays.name_lens.as_ptr(),
                arrays.values.as_ptr(),
                arrays.value_lens.as_ptr(),
                params.len(),
            )
        };
        if let Some(exception) = self.error_of(stream) {
            // SAFETY: a result is destroyed once.
            unsafe { (self.library().result_destroy)(stream) };
            return Err(exception);
        }
        Ok(Blocks { session: self, stream, done: false })
    }

    /// Begins an insert. `sql` ends before its FORMAT or VALUES.
    pub(crate) fn insert(&self, sql: &str, format: &str, params: &Params) -> Result<Insert<'_>, Exception> {
        let arrays = Arrays::of(params);
        // SAFETY: all pointers are valid for the call, with their lengths.
        let stream = unsafe {
            (self.library().insert)(
                self.raw(),
                sql.as_ptr().cast(),
                sql.len(),
                format.as_ptr().cast(),
                format.len(),
                arrays.names.as_ptr(),
                arrays.name_lens.as_ptr(),
                arrays.values.as_ptr(),
                arrays.value_lens.as_ptr(),
                params.len(),
            )
        };
        // Destroyed on return if it failed.
        let insert = Insert { session: self, stream };
        match insert.error() {
            None => Ok(insert),
            Some(exception) => Err(exception),
        }
    }

    /// How many statements `sql` holds (0 if it does not parse), and whether all they do is read.
    pub(crate) fn classify(&self, sql: &str) -> (u32, bool) {
        let mut analysis = Analysis { struct_size: size_of::<Analysis>() as u32, ..Analysis::default() };
        // SAFETY: the text is valid with its length; no target database is given; the struct says its size.
        let state = unsafe {
            (self.library().classify)(self.raw(), sql.as_ptr().cast(), sql.len(), ptr::null(), 0, &raw mut analysis)
        };
        if state == 0 { (analysis.statement_count, analysis.query_class == CLASS_READ_ONLY) } else { (0, false) }
    }

    fn library(&self) -> &Library {
        &self.database.library
    }

    fn raw(&self) -> Connection {
        // SAFETY: checked not to be null when it was opened, closed only on drop.
        unsafe { *self.handle }
    }

    fn error_of(&self, result: RawResult) -> Option<Exception> {
        if result.is_null() {
            return Some(Exception::ours(173, "CANNOT_ALLOCATE_MEMORY", "the engine gave no result"));
        }
        // SAFETY: a result that is not destroyed yet; its error is null or a C string.
        unsafe { text((self.library().result_error)(result)) }.map(Exception::parse)
    }

    /// Copies what a result holds, and destroys it.
    fn take(&self, result: RawResult) -> Result<(Bytes, Counts), Exception> {
        let library = self.library();
        let error = self.error_of(result);
        if result.is_null() {
            return Err(error.unwrap_or_default());
        }
        // SAFETY: a result that is not destroyed yet; its buffer is valid for its length until then.
        let answer = unsafe {
            let length = (library.result_length)(result);
            let buffer = (library.result_buffer)(result);
            let bytes = if length == 0 || buffer.is_null() {
                Bytes::new()
            } else {
                Bytes::copy_from_slice(std::slice::from_raw_parts(buffer, length))
            };
            let counts = Counts {
                rows_read: (library.result_rows_read)(result),
                bytes_read: (library.result_bytes_read)(result),
                rows_written: (library.result_rows_written)(result),
                bytes_written: (library.result_bytes_written)(result),
            };
            (library.result_destroy)(result);
            (bytes, counts)
        };
        error.map_or(Ok(answer), Err)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // SAFETY: closed once; streams borrow the session, so none is open.
        unsafe { (self.library().close)(self.handle) };
    }
}

impl Blocks<'_> {
    /// The next block; `None` at the end.
    pub(crate) fn next(&mut self) -> Result<Option<Bytes>, Exception> {
        if self.done {
            return Ok(None);
        }
        // SAFETY: the stream is open and fetched by this thread only.
        let result = unsafe { (self.session.library().stream_fetch)(self.session.raw(), self.stream) };
        let fetched = self.session.take(result);
        self.done = !matches!(&fetched, Ok((bytes, _)) if !bytes.is_empty());
        Ok(Some(fetched?.0).filter(|bytes| !bytes.is_empty()))
    }
}

impl Drop for Blocks<'_> {
    fn drop(&mut self) {
        let library = self.session.library();
        // SAFETY: the stream is open; it is destroyed once.
        unsafe {
            if !self.done {
                (library.stream_cancel)(self.session.raw(), self.stream);
            }
            (library.result_destroy)(self.stream);
        }
    }
}

impl Insert<'_> {
    /// Adds bytes of the insert's format; blocks while the engine is behind.
    pub(crate) fn append(&mut self, bytes: &[u8]) -> Result<(), Exception> {
        // SAFETY: the bytes are valid for their length and copied by the call.
        let state = unsafe { (self.session.library().insert_append)(self.stream, bytes.as_ptr().cast(), bytes.len()) };
        if state == 0 { Ok(()) } else { Err(self.error().unwrap_or_default()) }
    }

    /// Commits what was added.
    pub(crate) fn finish(self) -> Result<Counts, Exception> {
        // SAFETY: called once, on an open stream.
        let result = unsafe { (self.session.library().insert_done)(self.stream) };
        self.session.take(result).map(|(_, counts)| counts)
    }

    /// Gives up: what the engine has not yet written is dropped.
    pub(crate) fn cancel(self) {
        // SAFETY: called once, on an open stream.
        unsafe { (self.session.library().insert_cancel)(self.stream) };
    }

    fn error(&self) -> Option<Exception> {
        // SAFETY: the handle is never null by contract; its error is null or a C string.
        unsafe { text((self.session.library().insert_error)(self.stream)) }.map(Exception::parse)
    }
}

impl Drop for Insert<'_> {
    fn drop(&mut self) {
        // SAFETY: destroyed once; an insert that was not finished is cancelled by it.
        unsafe { (self.session.library().insert_destroy)(self.stream) };
    }
}

/// Parameters as C arrays. They borrow from the parameters that they were made of.
struct Arrays {
    names: Vec<*const c_char>,
    name_lens: Vec<usize>,
    values: Vec<*const c_char>,
    value_lens: Vec<usize>,
}

impl Arrays {
    fn of(params: &Params) -> Self {
        Self {
            names: params.iter().map(|(name, _)| name.as_ptr().cast()).collect(),
            name_lens: params.iter().map(|(name, _)| name.len()).collect(),
            values: params.iter().map(|(_, value)| value.as_ptr().cast()).collect(),
            value_lens: params.iter().map(|(_, value)| value.len()).collect(),
        }
    }
}
