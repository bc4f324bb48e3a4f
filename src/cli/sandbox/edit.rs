//! `slugline sandbox edit`: plays somebody who is at work in the Designer.

use serde_json::{Map, Value as Json};

use crate::cli::failure::Failure;
use crate::cli::ui::Ui;
use crate::cli::{context, pull};
use crate::exit::Exit;
use crate::model::{Field, Kind, LocaleTag};
use crate::run::Lock;
use crate::sandbox::{self, EditError};
use crate::suggest;

/// Change values of a page in the project's sandbox, as somebody in the Designer would.
#[derive(Debug, clap::Args)]
pub(super) struct Edit {
    /// The page, by its path in the primary locale.
    #[arg(long, value_name = "PATH")]
    page: String,

    /// The locale, by its tag; by default the primary one.
    #[arg(long, value_name = "TAG")]
    locale: Option<String>,

    /// What to change, such as 'seo.title=About us'; a value that is empty clears the field.
    #[arg(required = true, value_name = "FIELD=VALUE", value_parser = assignment)]
    values: Vec<Assignment>,
}

/// How many pages are named where one is missing; a large sandbox has thousands.
const NAMED: usize = 10;

/// A field and what it is to read.
#[derive(Debug, Clone)]
struct Assignment {
    field: Field,
    value: Json,
}

fn assignment(text: &str) -> Result<Assignment, String> {
    let (name, value) =
        text.split_once('=').ok_or("a field and its value are expected, such as 'seo.title=About us'")?;
    let field = pull::field(name)?;
    let value = match field.kind() {
        Kind::Text => value.into(),
        Kind::Flag => value.parse::<bool>().map_err(|_| format!("`{name}` is true or false"))?.into(),
    };
    Ok(Assignment { field, value })
}

impl Edit {
    pub(super) fn run(self, ui: &Ui) -> Result<Exit, Failure> {
        let root = super::root()?;
        // A run under way has the sandbox in its memory, and would write over this.
        let _lock = Lock::take(&context::make_state_folder(&root)?)?;
        let mut site = context::sandbox_site(&root)?;
        let edit = sandbox::Edit { page: self.page, locale: self.locale, values: body(&self.values) };
        let edited = site.edit(&edit, sandbox::now()).map_err(refused)?;
        context::save_sandbox(&root, &site)?;
        let locale = edited.locale.as_deref().unwrap_or(LocaleTag::PRIMARY);
        ui.note(&match edited.changed {
            true => format!("Somebody has edited {} @ {locale} in the sandbox.", edit.page),
            false => format!("Nothing to change: {} @ {locale} reads so in the sandbox.", edit.page),
        });
        Ok(Exit::Ok)
    }
}

/// Returns the values as the body of a request holds them.
fn body(values: &[Assignment]) -> Json {
    let mut body = Json::Object(Map::new());
    for Assignment { field, value } in values {
        let place = field.keys().iter().fold(&mut body, |object, key| &mut object[*key]);
        *place = value.clone();
    }
    body
}

fn refused(error: EditError) -> Failure {
    let hint = match &error {
        EditError::UnknownPage { page: name, known } | EditError::UnknownLocale { locale: name, known } => {
            Some(instead_of(name, known).into())
        }
        EditError::Malformed(_) | EditError::Empty(_) | EditError::SlugTaken(_) | EditError::SlugFixed => None,
    };
    Failure { hint, ..Failure::usage(error) }
}

/// Returns what somebody may have meant, or what there is.
fn instead_of(name: &str, known: &[String]) -> String {
    if let Some(nearest) = suggest::nearest(name, known.iter().map(String::as_str)) {
        return format!("did you mean `{nearest}`?");
    }
    let named: Vec<String> = known.iter().take(NAMED).map(|one| format!("`{one}`")).collect();
    format!("it has {}{}", named.join(", "), if known.len() > NAMED { ", …" } else { "" })
}
