//! A small disk, which can be filled to its quota.

use std::{
    fs::{self, File},
    os::fd::AsFd as _,
    path::{Path, PathBuf},
};

use nix::{
    fcntl::posix_fallocate,
    mount::{MntFlags, MsFlags, mount, umount2},
};

/// A file system of a fixed size at a directory; where none may be mounted, that directory itself, which is never full.
pub struct Disk {
    path: PathBuf,
    small: bool,
}

impl Disk {
    /// Makes `path` a disk of `megabytes`.
    pub fn new(path: PathBuf, megabytes: u32) -> Self {
        fs::create_dir_all(&path).unwrap();
        let options = format!("size={megabytes}m");
        let mounted = mount(Some("tmpfs"), &path, Some("tmpfs"), MsFlags::empty(), Some(options.as_str()));
        if let Err(error) = mounted {
            eprintln!("fleet: nothing can be mounted here ({error}): {} is never full", path.display());
        }
        Self { path, small: mounted.is_ok() }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it can be filled.
    pub fn is_small(&self) -> bool {
        self.small
    }

    /// Leaves only `reserve` bytes free, until [`Disk::free`].
    pub fn fill(&self, reserve: u64) {
        assert!(self.small, "it would fill the machine's disk");
        let ballast = File::create(self.ballast()).unwrap();
        let mut end = 0;
        for piece in [8 << 20, 64 << 10, 4 << 10] {
            while posix_fallocate(ballast.as_fd(), end, piece).is_ok() {
                end += piece;
            }
        }
        ballast.set_len(end.cast_unsigned().saturating_sub(reserve)).unwrap();
    }

    /// Gives back what [`Disk::fill`] took.
    pub fn free(&self) {
        fs::remove_file(self.ballast()).unwrap();
    }

    fn ballast(&self) -> PathBuf {
        self.path.join("ballast")
    }
}

/// Unmounts the disks of tests that were killed.
pub fn reap(is_dead: impl Fn(&Path) -> bool) {
    let mounts = fs::read_to_string("/proc/self/mounts").unwrap_or_default();
    for path in mounts.lines().filter_map(|line| line.split(' ').nth(1)).map(Path::new).filter(|path| is_dead(path)) {
        let _ = umount2(path, MntFlags::MNT_DETACH);
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        if self.small {
            let _ = umount2(&self.path, MntFlags::MNT_DETACH);
        }
    }
}
