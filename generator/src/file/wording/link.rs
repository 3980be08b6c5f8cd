//! Link text that says nothing. Screen readers list a page's links without what stands around
//! them; "here" a dozen times helps nobody.

use super::plain;
use domain::LanguageTag;
use std::collections::HashSet;
use std::sync::LazyLock;

/// What says nothing, by language; with and without accents, as both are typed.
const EMPTY: [(&str, &str); 10] = [
    (
        "en",
        "here|click|click here|click on this|click this|click this link|tap here|press here|\
         go here|see here|look here|more|read more|learn more|find out more|see more|more info|\
         more information|show more|details|more details|this|this link|this page|this site|\
         this website|this article|link|the link|a link|page|website|continue|continue reading|\
         go|open|download|see|visit|follow this link|read this|info|url",
    ),
    (
        "es",
        "aquí|aqui|acá|aca|clic|haga clic|haga clic aquí|haga clic aqui|haz clic aquí|\
         haz clic aqui|pulse aquí|pulse aqui|presione aquí|presione aqui|vea aquí|más|mas|\
         leer más|leer mas|lea más|lea mas|ver más|ver mas|más información|mas informacion|\
         saber más|saber mas|esto|este enlace|esta página|esta pagina|este sitio|enlace|\
         el enlace|página|pagina|continuar|abrir|descargar|detalles|siga este enlace",
    ),
    (
        "vi",
        "đây|ở đây|o day|tại đây|tai day|vào đây|bấm|bấm vào đây|bam vao day|bấm đây|nhấn|\
         nhấn vào đây|nhan vao day|nhấp vào đây|nhap vao day|chọn ở đây|xem|xem ở đây|\
         xem tại đây|xem thêm|xem them|đọc thêm|doc them|thêm|tìm hiểu thêm|tim hieu them|\
         chi tiết|chi tiet|trang này|trang nay|đường dẫn|đường dẫn này|liên kết|liên kết này|\
         lien ket nay|link này|tiếp tục|mở|tải về",
    ),
    (
        "tl",
        "dito|dito po|rito|i-click|i-click dito|i-click ito|click dito|pindutin|pindutin dito|\
         pindutin ito|tingnan|tingnan dito|higit pa|magbasa pa|basahin pa|alamin pa|\
         iba pang impormasyon|ito|ang link na ito|link na ito|itong link|pahinang ito|\
         ang pahinang ito|magpatuloy|buksan|i-download|detalye",
    ),
    (
        "ru",
        "здесь|тут|сюда|нажмите|нажмите здесь|нажмите сюда|кликните здесь|щелкните здесь|\
         щёлкните здесь|смотрите здесь|подробнее|узнать больше|узнать подробнее|читать далее|\
         читать дальше|далее|дальше|больше|ещё|еще|ссылка|эта ссылка|по ссылке|\
         по этой ссылке|эта страница|на этой странице|это|продолжить|открыть|скачать",
    ),
    (
        "uk",
        "тут|сюди|натисніть|натисніть тут|натисніть сюди|клацніть тут|дивіться тут|\
         детальніше|докладніше|дізнатися більше|читати далі|далі|більше|ще|посилання|\
         це посилання|за посиланням|за цим посиланням|ця сторінка|на цій сторінці|це|\
         продовжити|відкрити|завантажити",
    ),
    (
        "ko",
        "여기|여기를|여기서|여기에서|여기 클릭|여기를 클릭|여기를 클릭하세요|여기를 눌러|\
         여기를 누르세요|여기를 눌러 주세요|이곳|이곳을|클릭|클릭하세요|더|더 보기|더보기|\
         자세히|자세히 보기|더 알아보기|계속 읽기|계속|링크|이 링크|이 페이지|열기|다운로드",
    ),
    (
        "zh-Hans",
        "这里|这儿|此处|在这里|点击|点击这里|点这里|点此|点击此处|请点击这里|请点击此处|单击此处|\
         更多|了解更多|查看更多|阅读更多|更多信息|详情|查看详情|详细|链接|此链接|这个链接|该链接|\
         本页|此页|这个页面|继续|继续阅读|打开|下载|查看",
    ),
    (
        "zh-Hant",
        "這裡|這裏|這兒|此處|在這裡|點擊|點擊這裡|點選這裡|點這裡|點此|按此|點擊此處|請點擊這裡|\
         請按這裡|請按此|更多|了解更多|瞭解更多|查看更多|閱讀更多|更多資訊|詳情|查看詳情|詳細|連結|\
         此連結|這個連結|該連結|本頁|此頁|這個頁面|繼續|繼續閱讀|打開|下載|查看",
    ),
    (
        "ar",
        "هنا|من هنا|اضغط|اضغط هنا|اضغطوا هنا|انقر|انقر هنا|انقروا هنا|المزيد|اقرأ المزيد|\
         اقرؤوا المزيد|معرفة المزيد|لمعرفة المزيد|مزيد من المعلومات|التفاصيل|رابط|الرابط|\
         هذا الرابط|هذه الصفحة|هذا|متابعة|افتح|تنزيل",
    ),
];

/// The same, to look up in.
static LISTS: LazyLock<Vec<(&str, HashSet<&str>)>> =
    LazyLock::new(|| EMPTY.map(|(tag, list)| (tag, list.split('|').collect())).into());

/// Whether a link's text tells nothing of where it leads: it is empty, on the list of the page's
/// language or English, or an address that nobody wants to have read aloud.
pub(crate) fn says_nothing(text: &str, page: &LanguageTag) -> bool {
    // Longer than any on our lists, and no address.
    if text.len() > 120 && text.contains(' ') {
        return false;
    }
    let text = plain(text);
    let on_list = |(tag, list): &(&str, HashSet<&str>)| {
        [page.as_str(), LanguageTag::SOURCE].contains(tag) && list.contains(text.as_str())
    };
    text.is_empty() || is_address(&text) || LISTS.iter().any(on_list)
}

fn is_address(text: &str) -> bool {
    let bare = ["http://", "https://", "www."].iter().any(|start| text.starts_with(start));
    bare && !text.contains(' ')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(tag: &str, text: &str, expected: bool) {
        let page = LanguageTag::parse(tag).unwrap();
        assert_eq!(says_nothing(text, &page), expected, "{tag}: {text}");
    }

    #[test]
    fn a_link_that_says_here_says_nothing_in_any_language() {
        for (tag, text) in [
            ("en", "Click here!"),
            ("en", "here"),
            ("en", "read more…"),
            ("en", "this link"),
            ("es", "Haga clic aquí"),
            ("es", "aqui"),
            ("vi", "đây"),
            ("vi", "Bấm vào đây"),
            ("vi", "tai day"),
            ("vi", "click here"),
            ("tl", "dito"),
            ("ru", "Здесь"),
            ("uk", "тут"),
            ("ko", "여기"),
            ("zh-Hans", "点击这里"),
            ("zh-Hant", "點此"),
            ("ar", "هنا"),
        ] {
            check(tag, text, true);
        }
    }

    #[test]
    fn an_address_or_nothing_says_nothing() {
        check("en", "https://www.archives.gov/research/genealogy", true);
        check("vi", "www.archives.gov", true);
        check("en", " → ", true);
        check("en", "", true);
    }

    #[test]
    fn a_link_that_names_its_target_is_fine() {
        check("en", "how to know it's us", false);
        check("en", "Here is how a session goes", false);
        check("en", "more about genealogy", false);
        check("en", "langley@library.example", false);
        check("en", "day", false);
        check("vi", "qua điện thoại", false);
        check("en", "archives.gov", false);
        check("zh-Hans", "查看图书馆目录", false);
    }

    proptest! {
        #[test]
        fn any_text_can_be_asked_about(text in "\\PC*") {
            says_nothing(&text, &LanguageTag::source());
        }
    }
}
