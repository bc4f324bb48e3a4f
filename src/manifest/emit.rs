//! Writes new files, for people to read and keep: block style, keys in the order of the format, only what is set.
//!
//! Changes no file that exists. What is written reads the same to every YAML reader; see `emit::scalar`.

use super::page::{LocaleManifest, OpenGraphManifest, PageManifest, SeoManifest};
use super::project::{Environment, Guards, Locales, MassUpdate, Project};

pub use scalar::scalar;

pub(super) mod scalar;

/// Returns the document of a page. The locales come in the order given, further ones after them by tag.
pub fn emit_page(page: &PageManifest, order: &[&str]) -> String {
    let PageManifest { id, path, locales } = page;
    let mut writer = Writer::default();
    writer.text("id", id.as_ref().map(|id| id.as_str()));
    writer.text("path", path.as_ref().map(|path| path.as_str()));
    let ordered = order.iter().filter_map(|tag| locales.get_key_value(*tag));
    let others = locales.iter().filter(|(tag, _)| !order.contains(&tag.as_str()));
    writer.mapping("locales", |writer| {
        for (tag, locale) in ordered.chain(others) {
            writer.mapping(tag, |writer| emit_locale(writer, locale));
        }
    });
    writer.out
}

fn emit_locale(writer: &mut Writer, locale: &LocaleManifest) {
    let LocaleManifest { title, slug, seo, open_graph } = locale;
    writer.text("title", title.as_deref());
    writer.text("slug", slug.as_deref());
    if !seo.is_empty() {
        let SeoManifest { title, description } = seo;
        writer.mapping("seo", |writer| {
            writer.text("title", title.as_deref());
            writer.text("description", description.as_deref());
        });
    }
    if !open_graph.is_empty() {
        let OpenGraphManifest { title, title_copied, description, description_copied } = open_graph;
        writer.mapping("openGraph", |writer| {
            writer.text("title", title.as_deref());
            writer.plain("titleCopied", *title_copied);
            writer.text("description", description.as_deref());
            writer.plain("descriptionCopied", *description_copied);
        });
    }
}

/// Returns the project file.
pub fn emit_project(project: &Project) -> String {
    let Project { version, site, environments, pages, locales, defaults, vars, lint, guards } = project;
    let mut writer = Writer::default();
    writer.plain("version", Some(u64::from(*version)));
    writer.text("site", site.as_ref().map(|site| site.as_str()));
    if let Some(environments) = environments {
        writer.mapping("environments", |writer| {
            for (name, Environment { site }) in environments {
                writer.mapping(name, |writer| writer.text("site", Some(site.as_str())));
            }
        });
    }
    if let Some(pages) = pages {
        writer.list("pages", pages.iter().map(|glob| glob.as_str()));
    }
    let Locales { primary, required } = locales;
    if !locales.is_empty() {
        writer.mapping("locales", |writer| {
            writer.text("primary", primary.as_deref());
            if !required.is_empty() {
                writer.list("required", required.iter().map(String::as_str));
            }
        });
    }
    // Nothing that the program makes has one of these. JSON is YAML, and what it lacks in beauty it has in fidelity.
    if !defaults.is_empty() {
        writer.plain("defaults", serde_json::to_string(defaults).ok());
    }
    if !vars.is_empty() {
        writer.plain("vars", serde_json::to_string(vars).ok());
    }
    if !lint.is_empty() {
        writer.plain("lint", serde_json::to_string(lint).ok());
    }
    let Guards { mass_update } = guards;
    if !mass_update.is_empty() {
        let MassUpdate { percent, floor, ceiling } = mass_update;
        writer.mapping("guards", |writer| {
            writer.mapping("mass-update", |writer| {
                writer.plain("percent", percent.map(|percent| percent.get()));
                writer.plain("floor", *floor);
                writer.plain("ceiling", *ceiling);
            });
        });
    }
    writer.out
}

/// Lines of YAML so far, and how deep the next one stands.
#[derive(Default)]
struct Writer {
    out: String,
    indent: usize,
}

const STEP: usize = 2;

impl Writer {
    fn key(&mut self, key: &str) {
        self.out.extend(std::iter::repeat_n(' ', self.indent));
        self.out.push_str(&scalar::key(key));
        self.out.push(':');
    }

    fn text(&mut self, key: &str, text: Option<&str>) {
        let Some(text) = text else { return };
        self.key(key);
        self.out.push(' ');
        self.out.push_str(&scalar(text, self.indent + STEP));
        self.out.push('\n');
    }

    /// Writes a number or a boolean.
    fn plain(&mut self, key: &str, value: Option<impl ToString>) {
        let Some(value) = value else { return };
        self.key(key);
        self.out.push(' ');
        self.out.push_str(&value.to_string());
        self.out.push('\n');
    }

    fn mapping(&mut self, key: &str, entries: impl FnOnce(&mut Self)) {
        self.collection(key, "{}", entries);
    }

    fn list<'t>(&mut self, key: &str, items: impl Iterator<Item = &'t str>) {
        self.collection(key, "[]", |writer| {
            for item in items {
                writer.out.extend(std::iter::repeat_n(' ', writer.indent));
                writer.out.push_str("- ");
                writer.out.push_str(&scalar(item, writer.indent + STEP));
                writer.out.push('\n');
            }
        });
    }

    /// Writes a collection in block style, or as `empty` if nothing comes: a bare key would be a null.
    fn collection(&mut self, key: &str, empty: &str, content: impl FnOnce(&mut Self)) {
        self.key(key);
        let bare = self.out.len();
        self.out.push('\n');
        self.indent += STEP;
        content(self);
        self.indent -= STEP;
        if self.out.len() == bare + 1 {
            self.out.insert_str(bare, &format!(" {empty}"));
        }
    }
}
