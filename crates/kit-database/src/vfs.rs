// SPDX-License-Identifier: MIT OR Apache-2.0
//! SQLite's layer for files, led to the machine that is under examination. The only unsafe code of the kit.
//!
//! SQLite calls plain C functions; each turns its pointers into values and asks [`Files`]. The rules of the calls are
//! those of <https://sqlite.org/c3ref/vfs.html> and <https://sqlite.org/c3ref/io_methods.html>. There are crates for this;
//! none lets us have `xSleep`, `xRandomness` and `xCurrentTime`, on which it depends that a run can be made again.
#![allow(unsafe_code)]

use std::ffi::{CStr, c_char, c_int, c_void};
use std::mem::size_of;
use std::ptr::null_mut;
use std::slice;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, Once, PoisonError};

use rusqlite::ffi;
use trace::Time;

use crate::disk::SECTOR;
use crate::files::{Code, Files, Region};

/// The layer's name.
pub(crate) const NAME: &CStr = c"inflight";

/// The machine that files belong to now, or the line to it.
static MACHINE: Mutex<Option<Arc<dyn Files>>> = Mutex::new(None);
/// Handles have numbers that never come again: one that was left behind by an earlier machine is known to nobody.
static HANDLES: AtomicU64 = AtomicU64::new(1);

const LONGEST_NAME: c_int = 512;
/// Noon of 1 January 2026, as milliseconds of the Julian calendar, in which SQLite counts.
const EPOCH_MS: i64 = 2_461_042 * 86_400_000;

/// Leads SQLite's files to this machine, and begins its random numbers anew.
pub(crate) fn plug_in(machine: Arc<dyn Files>) {
    static REGISTERED: Once = Once::new();
    *MACHINE.lock().unwrap_or_else(PoisonError::into_inner) = Some(machine);
    REGISTERED.call_once(|| {
        let layer = Box::leak(Box::new(ffi::sqlite3_vfs {
            iVersion: 2,
            szOsFile: size_of::<File>() as c_int,
            mxPathname: LONGEST_NAME,
            pNext: null_mut(),
            zName: NAME.as_ptr(),
            pAppData: null_mut(),
            xOpen: Some(open),
            xDelete: Some(delete),
            xAccess: Some(access),
            xFullPathname: Some(full_path),
            xDlOpen: None,
            xDlError: None,
            xDlSym: None,
            xDlClose: None,
            xRandomness: Some(randomness),
            xSleep: Some(sleep),
            xCurrentTime: Some(current_time),
            xGetLastError: None,
            xCurrentTimeInt64: Some(current_time_ms),
            xSetSystemCall: None,
            xGetSystemCall: None,
            xNextSystemCall: None,
        }));
        // SAFETY: `layer` is never freed, and its functions are those of the version that it states. It is the default,
        // because SQLite asks the default layer for the seed of its random numbers.
        unsafe { ffi::sqlite3_vfs_register(layer, 1) };
    });
    // SAFETY: with no bytes to fill the pointer is not used; the call forgets the generator's state.
    unsafe { ffi::sqlite3_randomness(0, null_mut()) };
}

/// The number of a new handle.
pub(crate) fn next_handle() -> u64 {
    HANDLES.fetch_add(1, Ordering::Relaxed)
}

/// What SQLite keeps for an open file: its own part comes first.
#[repr(C)]
struct File {
    own: ffi::sqlite3_file,
    handle: u64,
}

static METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(device_characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};

fn machine() -> Result<Arc<dyn Files>, Code> {
    MACHINE.lock().unwrap_or_else(PoisonError::into_inner).clone().ok_or(ffi::SQLITE_IOERR)
}

/// What SQLite understands.
fn coded(result: Result<(), Code>) -> c_int {
    result.map_or_else(|code| code, |()| ffi::SQLITE_OK)
}

/// # Safety
/// `file` must be one that [`open`] has filled.
unsafe fn handle_of(file: *mut ffi::sqlite3_file) -> u64 {
    // SAFETY: SQLite hands back the memory that `open` filled, which is as large as `szOsFile` says.
    unsafe { (*file.cast::<File>()).handle }
}

/// # Safety
/// `text` must be null or end with a zero.
unsafe fn text_of<'a>(text: *const c_char) -> Option<&'a str> {
    if text.is_null() {
        return None;
    }
    // SAFETY: the caller's promise.
    unsafe { CStr::from_ptr(text) }.to_str().ok()
}

unsafe extern "C" fn open(
    _: *mut ffi::sqlite3_vfs,
    name: ffi::sqlite3_filename,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    // SAFETY: SQLite gives a name that ends with a zero, or null for a file that nobody names.
    let name = unsafe { text_of(name) };
    let handle = next_handle();
    let create = flags & ffi::SQLITE_OPEN_CREATE != 0;
    let transient = flags & ffi::SQLITE_OPEN_DELETEONCLOSE != 0;
    let opened = machine().and_then(|machine| machine.open(handle, name, create, transient));
    let methods = if opened.is_ok() { &raw const METHODS } else { std::ptr::null() };
    // SAFETY: `file` has room for `szOsFile` bytes; methods of null say that it was not opened.
    unsafe { file.cast::<File>().write(File { own: ffi::sqlite3_file { pMethods: methods }, handle }) };
    if !out_flags.is_null() {
        // SAFETY: it is not null, so it is a place for flags.
        unsafe { *out_flags = flags };
    }
    coded(opened)
}

unsafe extern "C" fn delete(_: *mut ffi::sqlite3_vfs, name: *const c_char, sync_folder: c_int) -> c_int {
    // SAFETY: SQLite gives a name that ends with a zero.
    let name = unsafe { text_of(name) }.unwrap_or_default();
    coded(machine().and_then(|machine| machine.remove(name, sync_folder != 0)))
}

unsafe extern "C" fn access(
    _: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    _flags: c_int,
    answer: *mut c_int,
) -> c_int {
    // SAFETY: SQLite gives a name that ends with a zero.
    let name = unsafe { text_of(name) }.unwrap_or_default();
    let there = machine().and_then(|machine| machine.exists(name));
    // SAFETY: `answer` is a place for the answer.
    coded(there.map(|there| unsafe { *answer = c_int::from(there) }))
}

unsafe extern "C" fn full_path(
    _: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    room: c_int,
    into: *mut c_char,
) -> c_int {
    // SAFETY: SQLite gives a name that ends with a zero, and `room` bytes to write to.
    unsafe {
        let bytes = CStr::from_ptr(name).to_bytes_with_nul();
        if bytes.len() > usize::try_from(room).unwrap_or(0) {
            return ffi::SQLITE_CANTOPEN;
        }
        std::ptr::copy_nonoverlapping(bytes.as_ptr(), into.cast::<u8>(), bytes.len());
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn randomness(_: *mut ffi::sqlite3_vfs, length: c_int, into: *mut c_char) -> c_int {
    // SAFETY: SQLite gives `length` bytes to write to.
    let bytes = unsafe { slice::from_raw_parts_mut(into.cast::<u8>(), usize::try_from(length).unwrap_or(0)) };
    bytes.fill(0);
    if let Ok(machine) = machine() {
        machine.fill_randomly(bytes);
    }
    length
}

unsafe extern "C" fn sleep(_: *mut ffi::sqlite3_vfs, micros: c_int) -> c_int {
    if let Ok(machine) = machine() {
        machine.sleep(Time::micros(u64::try_from(micros).unwrap_or(0)));
    }
    micros
}

unsafe extern "C" fn current_time_ms(_: *mut ffi::sqlite3_vfs, into: *mut ffi::sqlite3_int64) -> c_int {
    let now = machine().map_or(Time::ZERO, |machine| machine.now());
    // SAFETY: `into` is a place for the time.
    unsafe { *into = EPOCH_MS + (now.as_nanos() / 1_000_000) as i64 };
    ffi::SQLITE_OK
}

unsafe extern "C" fn current_time(_: *mut ffi::sqlite3_vfs, into: *mut f64) -> c_int {
    let now = machine().map_or(Time::ZERO, |machine| machine.now());
    // SAFETY: `into` is a place for the time.
    unsafe { *into = (EPOCH_MS + (now.as_nanos() / 1_000_000) as i64) as f64 / 86_400_000.0 };
    ffi::SQLITE_OK
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    // SAFETY: `open` has filled it.
    let handle = unsafe { handle_of(file) };
    if let Ok(machine) = machine() {
        machine.close(handle);
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn read(
    file: *mut ffi::sqlite3_file,
    into: *mut c_void,
    length: c_int,
    at: ffi::sqlite3_int64,
) -> c_int {
    // SAFETY: `open` has filled the file, and SQLite gives `length` bytes to write to.
    let (handle, bytes) = unsafe {
        let length = usize::try_from(length).unwrap_or(0);
        (handle_of(file), slice::from_raw_parts_mut(into.cast::<u8>(), length))
    };
    let Ok(at) = usize::try_from(at) else { return ffi::SQLITE_IOERR_READ };
    match machine().and_then(|machine| machine.read(handle, at, bytes)) {
        Ok(length) if length < bytes.len() => {
            // The rest must be zeros: SQLite relies on it.
            bytes[length..].fill(0);
            ffi::SQLITE_IOERR_SHORT_READ
        }
        Ok(_) => ffi::SQLITE_OK,
        Err(code) => code,
    }
}

unsafe extern "C" fn write(
    file: *mut ffi::sqlite3_file,
    from: *const c_void,
    length: c_int,
    at: ffi::sqlite3_int64,
) -> c_int {
    // SAFETY: `open` has filled the file, and SQLite gives `length` bytes to read.
    let (handle, bytes) = unsafe {
        let length = usize::try_from(length).unwrap_or(0);
        (handle_of(file), slice::from_raw_parts(from.cast::<u8>(), length))
    };
    let Ok(at) = usize::try_from(at) else { return ffi::SQLITE_IOERR_WRITE };
    coded(machine().and_then(|machine| machine.write(handle, at, bytes)))
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, length: ffi::sqlite3_int64) -> c_int {
    // SAFETY: `open` has filled it.
    let handle = unsafe { handle_of(file) };
    let Ok(length) = usize::try_from(length) else { return ffi::SQLITE_IOERR_TRUNCATE };
    coded(machine().and_then(|machine| machine.set_length(handle, length)))
}

unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, _flags: c_int) -> c_int {
    // SAFETY: `open` has filled it.
    let handle = unsafe { handle_of(file) };
    coded(machine().and_then(|machine| machine.flush(handle)))
}

unsafe extern "C" fn file_size(file: *mut ffi::sqlite3_file, into: *mut ffi::sqlite3_int64) -> c_int {
    // SAFETY: `open` has filled it.
    let handle = unsafe { handle_of(file) };
    let length = machine().and_then(|machine| machine.length(handle));
    // SAFETY: `into` is a place for the length.
    coded(length.map(|length| unsafe { *into = length as ffi::sqlite3_int64 }))
}

unsafe extern "C" fn lock(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    // SAFETY: `open` has filled it.
    let handle = unsafe { handle_of(file) };
    coded(machine().and_then(|machine| machine.raise_lock(handle, level as u8)))
}

unsafe extern "C" fn unlock(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    // SAFETY: `open` has filled it.
    let handle = unsafe { handle_of(file) };
    coded(machine().and_then(|machine| machine.lower_lock(handle, level as u8)))
}

unsafe extern "C" fn check_reserved_lock(file: *mut ffi::sqlite3_file, answer: *mut c_int) -> c_int {
    // SAFETY: `open` has filled it.
    let handle = unsafe { handle_of(file) };
    let reserved = machine().and_then(|machine| machine.is_reserved(handle));
    // SAFETY: `answer` is a place for the answer.
    coded(reserved.map(|reserved| unsafe { *answer = c_int::from(reserved) }))
}

unsafe extern "C" fn file_control(_: *mut ffi::sqlite3_file, _: c_int, _: *mut c_void) -> c_int {
    ffi::SQLITE_NOTFOUND
}

unsafe extern "C" fn sector_size(_: *mut ffi::sqlite3_file) -> c_int {
    SECTOR as c_int
}

unsafe extern "C" fn device_characteristics(_: *mut ffi::sqlite3_file) -> c_int {
    // A torn write changes nothing outside its own bytes; nothing else is promised.
    ffi::SQLITE_IOCAP_POWERSAFE_OVERWRITE
}

unsafe extern "C" fn shm_map(
    file: *mut ffi::sqlite3_file,
    region: c_int,
    size: c_int,
    extend: c_int,
    into: *mut *mut c_void,
) -> c_int {
    // SAFETY: `open` has filled it.
    let handle = unsafe { handle_of(file) };
    let (Ok(region), Ok(size)) = (usize::try_from(region), usize::try_from(size)) else {
        return ffi::SQLITE_IOERR_SHMMAP;
    };
    if size > size_of::<Region>() {
        return ffi::SQLITE_IOERR_SHMSIZE;
    }
    let place = machine().and_then(|machine| machine.index_region(handle, region, extend != 0));
    // SAFETY: `into` is a place for a pointer. The region lives as long as its machine, which outlives its connections,
    // and only the thread whose turn it is touches it.
    coded(place.map(|place| unsafe { *into = place.map_or(null_mut(), |place| place.cast()) }))
}

unsafe extern "C" fn shm_lock(
    file: *mut ffi::sqlite3_file,
    first: c_int,
    count: c_int,
    flags: c_int,
) -> c_int {
    // SAFETY: `open` has filled it.
    let handle = unsafe { handle_of(file) };
    let (Ok(first), Ok(count)) = (usize::try_from(first), usize::try_from(count)) else {
        return ffi::SQLITE_IOERR_SHMLOCK;
    };
    coded(machine().and_then(|machine| {
        if flags & ffi::SQLITE_SHM_UNLOCK != 0 {
            machine.unlock_index(handle, first, count)
        } else {
            machine.lock_index(handle, first, count, flags & ffi::SQLITE_SHM_EXCLUSIVE != 0)
        }
    }))
}

unsafe extern "C" fn shm_barrier(_: *mut ffi::sqlite3_file) {
    std::sync::atomic::fence(Ordering::SeqCst);
}

unsafe extern "C" fn shm_unmap(file: *mut ffi::sqlite3_file, _delete: c_int) -> c_int {
    // SAFETY: `open` has filled it.
    let handle = unsafe { handle_of(file) };
    if let Ok(machine) = machine() {
        machine.leave_index(handle);
    }
    ffi::SQLITE_OK
}
