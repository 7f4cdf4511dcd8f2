//! What the names mean under which providers put the parts of an error.

/// The part of an error that a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The code; a value with blanks is a description.
    Code,
    /// `code`: a code where it looks like one, a number where it is one, an authorization code (a secret) otherwise.
    CodeOrSecret,
    Description,
    /// Words that may be the description, where nothing better is there: `message`.
    Words,
    /// `type`: a code where it is known as one, or the name of an exception.
    Kind,
    /// Narrows the code.
    Hint,
    Uri,
    Number,
    /// An HTTP status, or a code (Google's APIs: `"status": "PERMISSION_DENIED"`).
    Status,
    ContentType,
    RetryAfter,
    Date,
    WwwAuthenticate,
    RedirectUri,
}

/// The role of a name in an object, a log line or a page: upper and lower case, `_` and `-` do not matter.
pub fn role(name: &str) -> Option<Role> {
    if name.len() > 32 {
        return None;
    }
    Some(match squeeze(name).as_str() {
        "error" | "err" | "errorcode" | "errortype" | "errcode" | "oautherror" | "oautherrorcode" => Role::Code,
        "code" => Role::CodeOrSecret,
        "errordescription" | "errormessage" | "errormsg" | "errmsg" | "errorsummary" | "errordetail" => Role::Description,
        "message" | "msg" | "messages" | "description" | "detail" | "details" => Role::Words,
        "type" | "messagekey" | "name" => Role::Kind,
        "errorhint" | "hint" | "suberror" | "errorsubtype" | "errorsubcode" | "errorreason" | "errordebug"
        | "errorverbose" | "reason" | "category" => Role::Hint,
        "erroruri" | "errorurl" => Role::Uri,
        "errorcodes" => Role::Number,
        "status" | "statuscode" | "httpstatus" | "httpstatuscode" | "httpcode" => Role::Status,
        "contenttype" => Role::ContentType,
        "retryafter" => Role::RetryAfter,
        "date" => Role::Date,
        "wwwauthenticate" => Role::WwwAuthenticate,
        "redirecturi" | "redirecturl" | "callbackurl" => Role::RedirectUri,
        _ => return None,
    })
}

/// The role of a parameter in a URL or a form. Fewer names: `code` is an authorization code there.
pub fn parameter(name: &str) -> Option<Role> {
    match role(name)? {
        Role::CodeOrSecret
        | Role::Status
        | Role::ContentType
        | Role::RetryAfter
        | Role::Date
        | Role::Kind
        | Role::WwwAuthenticate => None,
        Role::Description | Role::Words | Role::Hint if !squeeze(name).starts_with("error") => None,
        role => Some(role),
    }
}

fn squeeze(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '_' | '-' | ' ')).map(|c| c.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelling_does_not_matter() {
        for name in ["error_description", "errorDescription", "Error-Description", "Error Description"] {
            assert_eq!(role(name), Some(Role::Description));
        }
        assert_eq!(role("access_token"), None);
    }

    #[test]
    fn code_is_never_read_out_of_a_url() {
        assert_eq!(parameter("code"), None);
        assert_eq!(parameter("error"), Some(Role::Code));
        assert_eq!(parameter("error_reason"), Some(Role::Hint));
    }
}
