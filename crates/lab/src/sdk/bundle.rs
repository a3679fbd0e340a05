//! Packs a CommonJS package into one classic script. npm holds some SDKs only as modules, while their vendors' CDNs
//! serve one file: this is that file, with the vendor's code unchanged inside.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::fmt::Write as _;
use std::path::{Component, Path, PathBuf};

use serde_json::Value;

use crate::{Error, Result};

/// More modules than any SDK here has; beyond it something goes round in circles.
const MAX_MODULES: usize = 2_000;
/// The conditions under which an `exports` map is read, as a production bundler for browsers reads it.
const CONDITIONS: &[&str] = &["production", "browser", "require", "default"];

/// One module and what its `require` calls resolve to.
struct Module {
    source: String,
    requires: BTreeMap<String, usize>,
}

/// Packs `package` of the `node_modules` in `folder`; its exports become `window[global]`.
pub(super) fn bundle(folder: &Path, package: &str, global: &str) -> Result<String> {
    let entry = resolve(folder, &folder.join("entry.js"), package)?;
    let modules = collect(folder, entry)?;
    let mut script = String::from("(function (modules) {\n  var cache = {};\n  function load(id) {\n");
    script.push_str("    if (cache[id]) return cache[id].exports;\n    var module = cache[id] = { exports: {} };\n");
    script.push_str("    var require = function (name) { return load(modules[id][1][name]); };\n");
    script.push_str("    modules[id][0].call(module.exports, module, module.exports, require);\n");
    let _ = writeln!(script, "    return module.exports;\n  }}\n  window[{global:?}] = load(0);\n}})([");
    for module in &modules {
        let requires = serde_json::to_string(&module.requires).unwrap_or_else(|_| "{}".to_owned());
        let _ = writeln!(script, "[function (module, exports, require) {{\n{}\n}}, {requires}],", module.source);
    }
    script.push_str("]);\n");
    Ok(script)
}

/// Reads the entry and everything that it requires; the entry is module 0.
fn collect(folder: &Path, entry: PathBuf) -> Result<Vec<Module>> {
    let mut ids = HashMap::from([(entry.clone(), 0)]);
    let mut queue = VecDeque::from([entry]);
    let mut modules = Vec::new();
    while let Some(path) = queue.pop_front() {
        let read = std::fs::read_to_string(&path);
        let source = read.map_err(|error| failed("itself", &path, &error.to_string()))?;
        let mut requires = BTreeMap::new();
        for name in required(&source) {
            let target = resolve(folder, &path, name)?;
            let next = ids.len();
            let id = *ids.entry(target.clone()).or_insert_with(|| {
                queue.push_back(target);
                next
            });
            requires.insert(name.to_owned(), id);
        }
        if ids.len() > MAX_MODULES {
            return Err(failed("itself", &path, "too many modules"));
        }
        modules.push(Module { source: without_source_map(source), requires });
    }
    Ok(modules)
}

/// The names in `require("…")` calls; a bundler's directions may stand before them as a comment.
fn required(source: &str) -> impl Iterator<Item = &str> {
    source.split("require(").skip(1).filter_map(|rest| {
        let rest = match rest.strip_prefix("/*") {
            Some(comment) => comment.split_once("*/")?.1.trim_start(),
            None => rest,
        };
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (name, after) = rest[1..].split_once(quote)?;
        after.trim_start().starts_with(')').then_some(name)
    })
}

fn without_source_map(source: String) -> String {
    match source.rfind("\n//# sourceMappingURL=") {
        Some(at) => source[..at].to_owned(),
        None => source,
    }
}

/// Finds a module as Node does: relative, or in the nearest `node_modules` upwards (never above `folder`).
fn resolve(folder: &Path, from: &Path, name: &str) -> Result<PathBuf> {
    let found = if name.starts_with('.') {
        file(&normal(&from.parent().unwrap_or(folder).join(name)))
    } else {
        let roots = from.ancestors().skip(1).take_while(|dir| dir.starts_with(folder));
        let roots = roots.flat_map(|dir| [dir.join("node_modules"), dir.to_owned()]);
        roots.filter_map(|root| installed(&root, name)).next()
    };
    found.ok_or_else(|| failed(name, from, "not found"))
}

/// The file of a package, or of a path within it, in one `node_modules`.
fn installed(root: &Path, name: &str) -> Option<PathBuf> {
    let parts = if name.starts_with('@') { 2 } else { 1 };
    let package: PathBuf = name.split('/').take(parts).collect();
    let rest: Vec<&str> = name.split('/').skip(parts).collect();
    let dir = root.join(package);
    let manifest: Value = serde_json::from_slice(&std::fs::read(dir.join("package.json")).ok()?).ok()?;
    let key = if rest.is_empty() { ".".to_owned() } else { format!("./{}", rest.join("/")) };
    let exported = manifest.get("exports").and_then(|exports| match exports.get(&key) {
        Some(target) => condition(target),
        None if key == "." => condition(exports),
        None => None,
    });
    let inside = exported.or_else(|| match rest.is_empty() {
        true => manifest.get("main").and_then(Value::as_str).map(str::to_owned).or(Some("index.js".to_owned())),
        false => Some(rest.join("/")),
    })?;
    file(&normal(&dir.join(inside)))
}

/// The target of an `exports` entry under our conditions.
fn condition(target: &Value) -> Option<String> {
    match target {
        Value::String(path) => Some(path.clone()),
        Value::Object(map) => CONDITIONS.iter().filter_map(|name| map.get(*name)).find_map(condition),
        _ => None,
    }
}

fn file(path: &Path) -> Option<PathBuf> {
    let with = |ending: &str| PathBuf::from(format!("{}{ending}", path.display()));
    [path.to_owned(), with(".js"), with(".cjs"), path.join("index.js")].into_iter().find(|path| path.is_file())
}

/// The path without `.` and `..`.
fn normal(path: &Path) -> PathBuf {
    path.components().fold(PathBuf::new(), |mut out, part| {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            other => out.push(other),
        }
        out
    })
}

fn failed(module: &str, from: &Path, reason: &str) -> Error {
    Error::SdkModule { module: module.to_owned(), wanted_by: from.to_owned(), reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(folder: &Path, name: &str, text: &str) {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    #[test]
    fn a_package_is_packed_with_what_it_requires_each_once() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        let exports = r#"{"exports":{".":{"import":"./esm.js","require":"./a.cjs"}}}"#;
        write(at, "a/package.json", exports);
        write(
            at,
            "a/a.cjs",
            "require('./b'); require(/* chunk: \"deep\" */\"@s/c/deep\"); require(name);\n//# sourceMappingURL=a.map",
        );
        write(at, "a/b.js", "exports.b = require('../a/a.cjs');");
        write(at, "@s/c/package.json", r#"{"exports":{"./deep":"./d.js"}}"#);
        write(at, "@s/c/d.js", "exports.d = 1;");
        let script = bundle(at, "a", "A").unwrap();
        assert_eq!(script.matches("[function (module").count(), 3, "{script}");
        assert!(script.contains(r#"{"./b":1,"@s/c/deep":2}"#), "{script}");
        assert!(script.contains("window[\"A\"] = load(0)") && !script.contains("sourceMappingURL"));
    }

    #[test]
    fn the_nearest_installed_version_wins() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        write(at, "c/package.json", r#"{"main":"outer.js"}"#);
        write(at, "c/outer.js", "");
        write(at, "a/node_modules/c/package.json", r#"{"main":"inner.js"}"#);
        write(at, "a/node_modules/c/inner.js", "");
        assert!(resolve(at, &at.join("a/x.js"), "c").unwrap().ends_with("inner.js"));
        assert!(resolve(at, &at.join("b/x.js"), "c").unwrap().ends_with("outer.js"));
    }

    #[test]
    fn a_missing_module_is_named_with_who_wants_it() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "a/package.json", "{}");
        write(folder.path(), "a/index.js", "require('gone')");
        let error = bundle(folder.path(), "a", "A").unwrap_err().to_string();
        assert!(error.contains("gone") && error.contains("index.js"), "{error}");
    }
}
