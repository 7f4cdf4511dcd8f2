//! authsome's fields, as its newest model (0.7) has them: what a section holds, of what type, and what older versions called
//! it. A table, so that what is said of one field is said of all. What older versions lack is in `data/versions.yaml`.

use super::model::{AuthType, AuthorizationMethod, DeviceTokenRequest, Flow};

/// One section: its fields by key.
pub struct Section {
    pub fields: &'static [Field],
    /// Keys of older versions: today's authsome reads over them.
    pub old: &'static [Old],
    /// Other keys are data, not mistakes (`export` takes environment variables as keys).
    pub free: bool,
}

pub struct Field {
    pub key: &'static str,
    /// As keys with dots between; of a section in a list the key alone.
    pub name: &'static str,
    /// RFC 6901; of a section in a list below the item.
    pub pointer: &'static str,
    pub shape: Shape,
    pub required: bool,
    /// `null` stands for "not given".
    pub nullable: bool,
}

pub struct Old {
    pub key: &'static str,
    /// Where today's authsome has it, as keys with dots between.
    pub now: &'static str,
    /// The last version line that read it.
    pub until: &'static str,
}

pub enum Shape {
    Text,
    Url,
    Truth,
    WholeNumber,
    Word(&'static [&'static str]),
    Texts,
    /// One text or a list of them.
    TextOrTexts,
    /// Any keys, each with a text.
    TextMap,
    /// An object of anything.
    Anything,
    /// authsome refuses nothing here.
    Unchecked,
    Section(&'static Section),
    Sections(&'static Section),
}

impl Shape {
    /// As it stands in "expected …".
    pub fn in_words(&self) -> &'static str {
        match self {
            Self::Text | Self::Url | Self::Word(_) | Self::Unchecked => "a text",
            Self::Truth => "true or false",
            Self::WholeNumber => "a whole number",
            Self::Texts => "a list of texts",
            Self::TextOrTexts => "a text or a list of texts",
            Self::TextMap => "an object of texts",
            Self::Anything | Self::Section(_) => "an object",
            Self::Sections(_) => "a list of objects",
        }
    }
}

impl Section {
    pub fn field(&self, key: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.key == key)
    }
}

/// `required`; `nullable`, whose `null` stands for "not given"; `defaulted`, whose default stands when the key is left out,
/// and not when it is `null`.
macro_rules! fields {
    ($($need:ident $(($prefix:literal, $above:literal))? $key:literal: $shape:expr,)*) => {
        &[$(Field {
            key: $key,
            name: concat!($($prefix,)? $key),
            pointer: concat!($($above,)? "/", $key),
            shape: $shape,
            required: fields!(@required $need),
            nullable: fields!(@nullable $need),
        },)*]
    };
    (@required required) => { true };
    (@required $other:ident) => { false };
    (@nullable nullable) => { true };
    (@nullable $other:ident) => { false };
}

pub const ROOT: Section = Section {
    fields: fields! {
        defaulted "schema_version": Shape::WholeNumber,
        required "name": Shape::Text,
        required "display_name": Shape::Text,
        nullable "logo": Shape::Text,
        nullable "description": Shape::Text,
        nullable "type": Shape::Word(&["app", "llm", "mcp", "browser"]),
        required "auth_type": Shape::Word(AuthType::WORDS),
        required "flow": Shape::Word(Flow::WORDS),
        nullable "oauth": Shape::Section(&OAUTH),
        nullable "registration": Shape::Section(&REGISTRATION),
        nullable "api_key": Shape::Section(&API_KEY),
        nullable "browser": Shape::Section(&BROWSER),
        nullable "export": Shape::Section(&EXPORT),
        nullable "docs_url": Shape::Url,
        nullable "api_url": Shape::TextOrTexts,
        defaulted "metadata": Shape::Anything,
    },
    old: &[Old { key: "host_url", now: "api_url", until: "0.2" }, Old { key: "docs", now: "docs_url", until: "0.2" }],
    free: false,
};

const OAUTH: Section = Section {
    fields: fields! {
        required("oauth.", "/oauth") "authorization_url": Shape::Url,
        required("oauth.", "/oauth") "token_url": Shape::Url,
        nullable("oauth.", "/oauth") "revocation_url": Shape::Url,
        nullable("oauth.", "/oauth") "device_authorization_url": Shape::Url,
        defaulted("oauth.", "/oauth") "device_token_request": Shape::Word(DeviceTokenRequest::WORDS),
        defaulted("oauth.", "/oauth") "scopes": Shape::Texts,
        defaulted("oauth.", "/oauth") "authorization_params": Shape::TextMap,
        defaulted("oauth.", "/oauth") "pkce": Shape::Truth,
        defaulted("oauth.", "/oauth") "supports_device_code": Shape::Truth,
        defaulted("oauth.", "/oauth") "supports_dcr": Shape::Truth,
        nullable("oauth.", "/oauth") "base_url": Shape::Url,
        defaulted("oauth.", "/oauth") "authorization_method": Shape::Word(AuthorizationMethod::WORDS),
    },
    old: &[
        Old { key: "supports_device_flow", now: "oauth.supports_device_code", until: "0.2" },
        Old { key: "registration_endpoint", now: "registration.registration_endpoint", until: "0.2" },
    ],
    free: false,
};

const REGISTRATION: Section = Section {
    fields: fields! { nullable("registration.", "/registration") "registration_endpoint": Shape::Url, },
    old: &[],
    free: false,
};

const API_KEY: Section = Section {
    fields: fields! {
        defaulted("api_key.", "/api_key") "header_name": Shape::Text,
        nullable("api_key.", "/api_key") "header_prefix": Shape::Text,
        nullable("api_key.", "/api_key") "key_pattern": Shape::Text,
        nullable("api_key.", "/api_key") "key_pattern_hint": Shape::Text,
        // Not in authsome's model, which takes anything; its command line reads a text.
        nullable("api_key.", "/api_key") "env_var": Shape::Unchecked,
    },
    old: &[],
    free: false,
};

const BROWSER: Section = Section {
    fields: fields! {
        required("browser.", "/browser") "entry_url": Shape::Url,
        required("browser.", "/browser") "domains": Shape::Texts,
        required("browser.", "/browser") "auth_cookies": Shape::Texts,
        nullable("browser.", "/browser") "validate_url": Shape::Url,
        defaulted("browser.", "/browser") "extra_headers": Shape::TextMap,
        defaulted("browser.", "/browser") "ttl_hours": Shape::WholeNumber,
        nullable("browser.", "/browser") "ttl_from_cookie": Shape::Text,
        defaulted("browser.", "/browser") "extract": Shape::Sections(&EXTRACT),
    },
    old: &[],
    free: false,
};

const EXTRACT: Section = Section {
    fields: fields! {
        required "cookie": Shape::Text,
        required "header": Shape::Text,
        defaulted "prefix": Shape::Text,
    },
    old: &[],
    free: false,
};

const EXPORT: Section =
    Section { fields: fields! { defaulted("export.", "/export") "env": Shape::TextMap, }, old: &[], free: true };
