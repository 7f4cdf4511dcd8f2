//! An address as a picture for a phone's camera, in half blocks: one character is two modules high.

use crate::sink::{self, Stream};
use qrcodegen::{QrCode, QrCodeEcc};
use url::Url;

/// Light modules around it, without which cameras do not find it (ISO/IEC 18004 wants four; two are enough on a screen).
const QUIET: i32 = 2;
/// What stands before each line.
const INDENT: usize = 4;

/// The picture, where a person's terminal can show it.
pub fn picture(address: &str) -> Option<String> {
    let screen = sink::screen(Stream::Err);
    let is_page = Url::parse(address).is_ok_and(|url| matches!(url.scheme(), "https" | "http"));
    if !is_page || !screen.terminal || !screen.unicode {
        return None;
    }
    draw(address, screen.width.saturating_sub(INDENT))
}

/// `None`: it is wider than that, or too long for any.
fn draw(address: &str, width: usize) -> Option<String> {
    let code = QrCode::encode_text(address, QrCodeEcc::Low).ok()?;
    let range = -QUIET..code.size() + QUIET;
    if range.len() > width {
        return None;
    }
    // Light is drawn and dark left out, as terminals mostly are dark.
    let light = |x, y| y >= range.end || !code.get_module(x, y);
    let line = |y: i32| -> String {
        range
            .clone()
            .map(|x| match (light(x, y), light(x, y + 1)) {
                (true, true) => '█',
                (true, false) => '▀',
                (false, true) => '▄',
                (false, false) => ' ',
            })
            .collect()
    };
    Some(range.clone().step_by(2).map(line).collect::<Vec<_>>().join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADDRESS: &str = "https://acme.example/device?user_code=WDJB-MJHT";

    /// The modules of a drawing, as a camera sees them: true is light.
    fn seen(drawing: &str) -> Vec<Vec<bool>> {
        let half = |upper: bool| {
            move |sign: char| match sign {
                '█' => true,
                '▀' => upper,
                '▄' => !upper,
                _ => false,
            }
        };
        let rows = drawing
            .lines()
            .flat_map(|line| [true, false].map(|upper| line.chars().map(half(upper)).collect::<Vec<_>>()));
        rows.collect()
    }

    #[test]
    fn every_module_is_where_a_camera_looks_for_it_with_light_around() {
        let drawing = draw(ADDRESS, 76).unwrap();
        let code = QrCode::encode_text(ADDRESS, QrCodeEcc::Low).unwrap();
        let seen = seen(&drawing);
        let quiet = usize::try_from(QUIET).unwrap();
        assert!(drawing.lines().all(|line| line.chars().count() == seen[0].len()));
        for (y, row) in seen.iter().enumerate() {
            for (x, light) in row.iter().enumerate() {
                let at = |place: usize| i32::try_from(place).unwrap() - QUIET;
                assert_eq!(*light, !code.get_module(at(x), at(y)), "{x}, {y}");
            }
        }
        assert!(seen.iter().take(quiet).flatten().all(|light| *light));
    }

    #[test]
    fn what_does_not_fit_is_not_drawn() {
        assert!(draw(ADDRESS, 30).is_none());
        assert!(draw(&"x".repeat(5000), 500).is_none());
    }
}
