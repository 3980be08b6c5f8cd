//! Texts of images that say nothing to those who don't see them.

use super::plain;

/// Words for a picture as such, and those that only join them. Nothing else stands in a text that
/// says nothing.
const WORDS: &str = "image images img photo photos photograph picture pictures pic graphic figure \
    fig illustration drawing icon logo banner screenshot thumbnail untitled placeholder alt text \
    a an the of this here here's is shows showing \
    imagen foto fotografía fotografia fotos gráfico grafico ilustración ilustracion captura \
    pantalla una un la el de esta este \
    hình ảnh hinh anh bức tấm ảnh chụp minh họa minh hoạ biểu tượng này của về \
    larawan litrato ang ng isang \
    изображение фото фотография картинка рисунок снимок экрана \
    зображення фотографія світлина малюнок знімок екрана \
    이미지 사진 그림 图片 照片 图像 插图 截图 圖片 照片 圖像 插圖 截圖 صورة الصورة صورة";

const ENDINGS: [&str; 12] = [
    ".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif", ".svg", ".heic", ".bmp", ".tif", ".tiff",
    ".pdf",
];

/// Names that cameras and telephones give.
const CAMERAS: [&str; 9] =
    ["img", "dsc", "dscn", "dscf", "pxl", "mvimg", "screenshot", "photo", "image"];

/// Whether the text of an image says nothing: it only says that it is one, it is a file's name, or
/// it repeats the target's.
pub(crate) fn is_meaningless(alt: &str, target: &str) -> bool {
    let text = plain(alt);
    !text.is_empty() && (names_a_picture(&text) || is_file_name(&text) || repeats(&text, target))
}

fn names_a_picture(text: &str) -> bool {
    let is_number = |word: &str| word.chars().all(|c| c.is_ascii_digit());
    text.split(' ').all(|word| is_number(word) || WORDS.split_whitespace().any(|w| w == word))
}

fn is_file_name(text: &str) -> bool {
    if text.contains(' ') {
        return false;
    }
    let from_camera = CAMERAS.iter().any(|camera| {
        text.strip_prefix(camera).is_some_and(|rest| {
            let number = rest.trim_matches(|c: char| !c.is_alphanumeric());
            !number.is_empty()
                && number.chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | '_' | '.'))
        })
    });
    from_camera || ENDINGS.iter().any(|ending| text.ends_with(ending))
}

/// `Reading-Room_2` for `images/reading-room_2.jpg`; a plain word may well be what it shows.
fn repeats(text: &str, target: &str) -> bool {
    let name = target.rsplit('/').next().unwrap_or(target).to_lowercase();
    let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem);
    let is_name = |c: char| c.is_ascii_digit() || matches!(c, '-' | '_');
    text == stem && stem.contains(is_name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_text_that_only_says_that_it_is_a_picture_says_nothing() {
        for alt in [
            "image",
            "Photo",
            "picture of",
            "This is a picture.",
            "Figure 2",
            "hình",
            "hình ảnh",
            "Bức ảnh này",
            "una imagen",
            "фото",
            "사진",
            "图片",
            "圖片",
            "صورة",
        ] {
            assert!(is_meaningless(alt, "../images/desk.jpg"), "{alt}");
        }
    }

    #[test]
    fn a_file_name_says_nothing() {
        for alt in
            ["IMG_1234.jpg", "IMG_1234", "DSC-0042", "reading-room.png", "Screenshot_2026-11-20"]
        {
            assert!(is_meaningless(alt, "../images/desk.jpg"), "{alt}");
        }
        assert!(is_meaningless("Reading-Room-2", "../images/reading-room-2.jpg"));
    }

    #[test]
    fn a_text_that_tells_what_is_seen_is_fine() {
        for alt in [
            "a librarian at a desk",
            "picture of the desk in Langley",
            "Langley",
            "desk",
            "hình một thủ thư ngồi bên máy tính",
            "The library's logo: an open book",
            "",
        ] {
            assert!(!is_meaningless(alt, "../images/desk.jpg"), "{alt}");
        }
    }

    proptest! {
        #[test]
        fn any_text_can_be_asked_about(alt in "\\PC*", target in "\\PC*") {
            is_meaningless(&alt, &target);
        }
    }
}
