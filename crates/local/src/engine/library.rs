//! `libchdb.so`, the part of its C API that is used. Declarations follow `chdb.h` of chdb-core 26.7.

use std::{
    ffi::{CStr, c_char, c_int, c_void},
    path::Path,
};

use libloading::os::unix::{Library as SharedObject, RTLD_LOCAL, RTLD_NOW};

use crate::LocalError;

/// A connection handle (`chdb_connection`).
pub(super) type Connection = *mut c_void;
/// A result handle (`chdb_result *`).
pub(super) type RawResult = *mut c_void;
/// An insert stream handle (`chdb_insert_stream`).
pub(super) type RawInsert = *mut c_void;

/// A query with its parameters, as the `…_with_params_n` functions take them: text, format, names, values, each with
/// lengths.
type WithParams<R> = unsafe extern "C" fn(
    Connection,
    *const c_char,
    usize,
    *const c_char,
    usize,
    *const *const c_char,
    *const usize,
    *const *const c_char,
    *const usize,
    usize,
) -> R;

/// `chdb_query_analysis_v1`.
#[repr(C)]
#[derive(Debug, Default)]
pub(super) struct Analysis {
    pub(super) struct_size: u32,
    pub(super) statement_count: u32,
    pub(super) flags: u32,
    pub(super) query_class: u32,
}

/// `CHDB_QUERY_READ_ONLY`.
pub(super) const CLASS_READ_ONLY: u32 = 0;

/// The functions of the loaded library.
pub(super) struct Library {
    pub(super) connect: unsafe extern "C" fn(c_int, *mut *mut c_char) -> *mut Connection,
    pub(super) close: unsafe extern "C" fn(*mut Connection),
    pub(super) query: WithParams<RawResult>,
    pub(super) stream_query: WithParams<RawResult>,
    pub(super) stream_fetch: unsafe extern "C" fn(Connection, RawResult) -> RawResult,
    pub(super) stream_cancel: unsafe extern "C" fn(Connection, RawResult),
    pub(super) insert: WithParams<RawInsert>,
    pub(super) insert_append: unsafe extern "C" fn(RawInsert, *const c_void, usize) -> c_int,
    pub(super) insert_done: unsafe extern "C" fn(RawInsert) -> RawResult,
    pub(super) insert_cancel: unsafe extern "C" fn(RawInsert),
    pub(super) insert_error: unsafe extern "C" fn(RawInsert) -> *const c_char,
    pub(super) insert_destroy: unsafe extern "C" fn(RawInsert),
    pub(super) result_buffer: unsafe extern "C" fn(RawResult) -> *const u8,
    pub(super) result_length: unsafe extern "C" fn(RawResult) -> usize,
    pub(super) result_error: unsafe extern "C" fn(RawResult) -> *const c_char,
    pub(super) result_rows_read: unsafe extern "C" fn(RawResult) -> u64,
    pub(super) result_bytes_read: unsafe extern "C" fn(RawResult) -> u64,
    pub(super) result_rows_written: unsafe extern "C" fn(RawResult) -> u64,
    pub(super) result_bytes_written: unsafe extern "C" fn(RawResult) -> u64,
    pub(super) result_destroy: unsafe extern "C" fn(RawResult),
    pub(super) classify:
        unsafe extern "C" fn(Connection, *const c_char, usize, *const c_char, usize, *mut Analysis) -> c_int,
    pub(super) shutdown: unsafe extern "C" fn() -> c_int,
    set_signal_handlers: unsafe extern "C" fn(c_int),
    version: unsafe extern "C" fn() -> *const c_char,
}

impl Library {
    /// Loads the library for the rest of the process: it is never unloaded, because its threads do not expect it.
    pub(super) fn load(path: &Path) -> Result<Self, LocalError> {
        let failed = |error: libloading::Error| {
            // The loader's own words are in the source.
            let reason = std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string);
            LocalError::Library { path: path.to_owned(), reason }
        };
        // SAFETY: the file is the one that the user or the set-up named as libchdb; its constructors are trusted
        // as much as the rest of the engine.
        let object = unsafe { SharedObject::open(Some(path), RTLD_NOW | RTLD_LOCAL) }.map_err(failed)?;
        // SAFETY: the names and types are those of chdb.h.
        let library = unsafe { Self::resolve(&object) }.map_err(failed)?;
        std::mem::forget(object);
        // SAFETY: declared as taking an int, to be called before the first connection.
        unsafe { (library.set_signal_handlers)(0) };
        Ok(library)
    }

    /// # Safety
    /// `object` must be libchdb of a version whose API is that of chdb.h 26.7.
    unsafe fn resolve(object: &SharedObject) -> Result<Self, libloading::Error> {
        // SAFETY: as promised by the caller, for each line below.
        unsafe {
            Ok(Self {
                connect: *object.get(c"chdb_connect")?,
                close: *object.get(c"chdb_close_conn")?,
                query: *object.get(c"chdb_query_with_params_n")?,
                stream_query: *object.get(c"chdb_stream_query_with_params_n")?,
                stream_fetch: *object.get(c"chdb_stream_fetch_result")?,
                stream_cancel: *object.get(c"chdb_stream_cancel_query")?,
                insert: *object.get(c"chdb_stream_insert_with_params_n")?,
                insert_append: *object.get(c"chdb_stream_append")?,
                insert_done: *object.get(c"chdb_stream_done")?,
                insert_cancel: *object.get(c"chdb_stream_cancel_insert")?,
                insert_error: *object.get(c"chdb_stream_insert_error")?,
                insert_destroy: *object.get(c"chdb_destroy_insert_stream")?,
                result_buffer: *object.get(c"chdb_result_buffer")?,
                result_length: *object.get(c"chdb_result_length")?,
                result_error: *object.get(c"chdb_result_error")?,
                result_rows_read: *object.get(c"chdb_result_rows_read")?,
                result_bytes_read: *object.get(c"chdb_result_bytes_read")?,
                result_rows_written: *object.get(c"chdb_result_rows_written")?,
                result_bytes_written: *object.get(c"chdb_result_bytes_written")?,
                result_destroy: *object.get(c"chdb_destroy_query_result")?,
                classify: *object.get(c"chdb_classify_query_n")?,
                shutdown: *object.get(c"chdb_shutdown")?,
                set_signal_handlers: *object.get(c"chdb_set_signal_handlers_enabled")?,
                version: *object.get(c"chdb_version")?,
            })
        }
    }

    /// Version of the library, such as `26.7.3`.
    pub(super) fn version(&self) -> String {
        // SAFETY: the function returns a static string.
        unsafe { text((self.version)()) }.unwrap_or_default()
    }
}

/// # Safety
/// `text` is null or points to a string that ends in NUL.
pub(super) unsafe fn text(text: *const c_char) -> Option<String> {
    if text.is_null() {
        return None;
    }
    // SAFETY: as promised by the caller.
    Some(unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned())
}
