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
    let mut squeezed = [0; LONGEST];
    let name = squeeze(name, &mut squeezed)?;
    // By the first letter, so that most names are compared with few others.
    Some(match name.first()? {
        b'c' => match name {
            b"code" => Role::CodeOrSecret,
            b"category" => Role::Hint,
            b"contenttype" => Role::ContentType,
            b"callbackurl" => Role::RedirectUri,
            _ => return None,
        },
        b'd' => match name {
            b"description" | b"detail" | b"details" => Role::Words,
            b"date" => Role::Date,
            _ => return None,
        },
        b'e' => match name {
            b"error" | b"err" | b"errorcode" | b"errortype" | b"errcode" => Role::Code,
            b"errordescription" | b"errormessage" | b"errormsg" | b"errmsg" | b"errorsummary" | b"errordetail" => {
                Role::Description
            }
            b"errorhint" | b"errorsubtype" | b"errorsubcode" | b"errorreason" | b"errordebug" | b"errorverbose" => {
                Role::Hint
            }
            b"erroruri" | b"errorurl" => Role::Uri,
            b"errorcodes" => Role::Number,
            _ => return None,
        },
        b'h' => match name {
            b"hint" => Role::Hint,
            b"httpstatus" | b"httpstatuscode" | b"httpcode" => Role::Status,
            _ => return None,
        },
        b'm' => match name {
            b"message" | b"msg" | b"messages" => Role::Words,
            b"messagekey" => Role::Kind,
            _ => return None,
        },
        b'n' => match name {
            b"name" => Role::Kind,
            _ => return None,
        },
        b'o' => match name {
            b"oautherror" | b"oautherrorcode" => Role::Code,
            _ => return None,
        },
        b'r' => match name {
            b"reason" => Role::Hint,
            b"retryafter" => Role::RetryAfter,
            b"redirecturi" | b"redirecturl" => Role::RedirectUri,
            _ => return None,
        },
        b's' => match name {
            b"suberror" => Role::Hint,
            b"status" | b"statuscode" => Role::Status,
            _ => return None,
        },
        b't' => match name {
            b"type" => Role::Kind,
            _ => return None,
        },
        b'w' => match name {
            b"wwwauthenticate" => Role::WwwAuthenticate,
            _ => return None,
        },
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
        Role::Description | Role::Words | Role::Hint if !name.get(..5)?.eq_ignore_ascii_case("error") => None,
        role => Some(role),
    }
}

/// The longest name that has a role.
const LONGEST: usize = 20;

fn squeeze<'b>(name: &str, into: &'b mut [u8; LONGEST]) -> Option<&'b [u8]> {
    let mut len = 0;
    for byte in name.bytes().filter(|byte| !matches!(byte, b'_' | b'-' | b' ')) {
        *into.get_mut(len)? = byte.to_ascii_lowercase();
        len += 1;
    }
    Some(&into[..len])
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
