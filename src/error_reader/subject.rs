//! What a text is about: a login, or something else whose words sound like one (a database's login, a package registry's
//! token, a build that fails at a package called oauth).

use super::error_words;

/// The facts `error.about_login` and `error.about_other`.
pub struct Subject {
    login: bool,
    other: Option<&'static str>,
}

impl Subject {
    /// `text` is folded and in lower case; `structured`: a known code was read out of JSON, a URL or the like; `by_code`: a
    /// known code, or a number of a vendor, stands anywhere.
    pub fn of(text: &str, structured: bool, by_code: bool) -> Self {
        let found = error_words::all().subjects.find(text);
        let [strong, weak, build, tool] = [found[0], found[1], found[2], found[3]];
        let answer = structured || text.contains("error_description");
        let strong = by_code || answer || strong.is_some();
        let other = build.filter(|_| !answer).or_else(|| tool.filter(|_| !strong));
        Self { login: other.is_none() && (strong || weak.is_some()), other }
    }

    pub fn is_login(&self) -> bool {
        self.login
    }

    /// The words that tell what else it is about.
    pub fn other(&self) -> Option<&'static str> {
        self.other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_login(text: &str) -> bool {
        Subject::of(&text.to_lowercase(), false, false).is_login()
    }

    #[test]
    fn texts_about_a_login_are_known_in_many_languages() {
        for text in [
            "Error: OAuth state parameter does not match",
            "Sie können sich derzeit nicht anmelden",
            "Échec de la connexion",
            "No se pudo iniciar sesión",
            "登录失败，请重试",
            "ログインできませんでした",
            "Nie można się zalogować: zaloguj się ponownie",
            "SSO failed",
            "invalid scope: read",
            "docker run app: error: redirect_uri mismatch",
        ] {
            assert!(is_login(text), "{text}");
        }
    }

    #[test]
    fn other_logins_tokens_and_scopes_are_something_else() {
        for text in [
            "Login failed for user 'sa'.",
            "npm ERR! code E401\nnpm ERR! npm login",
            "Error response from daemon: unauthorized: incorrect username or password; docker login",
            "psql: FATAL: password authentication failed for user \"root\"",
            "ReferenceError: $scope is not defined, please log in",
            "error: 'x' was not declared in this scope",
            "the signin button is not centred: .signin { margin: auto } in my stylesheet",
            "ModuleNotFoundError: No module named 'requests_oauthlib'",
            "Module not found: Error: Can't resolve 'react-oauth2' in '/app/src'",
            "segmentation fault (core dumped)",
            "lessons learned",
        ] {
            assert!(!is_login(text), "{text}");
        }
    }

    #[test]
    fn an_answer_of_a_server_is_about_a_login_whatever_stands_around_it() {
        let subject = Subject::of("no module named x {\"error\": \"invalid_grant\"}", true, true);
        assert!(subject.is_login() && subject.other().is_none());
    }
}
