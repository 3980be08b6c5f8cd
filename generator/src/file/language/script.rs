//! Letters: the script of each, and which Chinese and Cyrillic letters only one language has.

use super::words::Tongue;
use std::sync::LazyLock;

/// A script, as far as it tells languages apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Script {
    Latin,
    Cyrillic,
    Han,
    Kana,
    Hangul,
    Arabic,
    Other,
}

/// How many there are.
pub(super) const SCRIPTS: usize = 7;

impl Script {
    /// How much one letter says, so that a sentence weighs about the same in every script.
    pub(super) fn weight(self) -> usize {
        match self {
            Self::Han => 3,
            Self::Hangul | Self::Kana => 2,
            _ => 1,
        }
    }

    /// The script of a letter or mark; of all else there is none.
    fn of(c: char) -> Option<Self> {
        match u32::from(c) {
            0x41..=0x5a | 0x61..=0x7a => Some(Self::Latin),
            // Before the rest, as no table has it.
            0xac00..=0xd7af => Some(Self::Hangul),
            0..=0xbf | 0xd7 | 0xf7 | 0x2000..=0x2bff | 0x3000..=0x303f | 0xff00..=0xff20 => None,
            0xc0..=0x24f | 0x300..=0x36f | 0x1e00..=0x1eff => Some(Self::Latin),
            0x400..=0x52f => Some(Self::Cyrillic),
            0x60c | 0x61b | 0x61f | 0x660..=0x66d | 0x6d4 | 0x6f0..=0x6f9 => None,
            0x600..=0x6ff | 0x750..=0x77f | 0xfb50..=0xfdff | 0xfe70..=0xfeff => Some(Self::Arabic),
            0x3040..=0x30ff => Some(Self::Kana),
            0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xf900..=0xfaff | 0x20000..=0x3ffff => {
                Some(Self::Han)
            }
            0x1100..=0x11ff | 0x3130..=0x318f => Some(Self::Hangul),
            _ => c.is_alphabetic().then_some(Self::Other),
        }
    }
}

/// All that is to know of a letter or mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Letter {
    /// None for what is no letter.
    pub(super) script: Option<Script>,
    /// In lower case.
    pub(super) small: char,
    /// The language that alone of ours has it: Vietnamese, or one of Russian and Ukrainian.
    pub(super) only_in: Option<Tongue>,
}

impl Letter {
    /// Looked up for the letters of alphabets: words have several, and many comparisons stand
    /// before those of Russian and Vietnamese.
    #[inline]
    pub(super) fn of(c: char) -> Self {
        static TABLE: LazyLock<Vec<Letter>> = LazyLock::new(|| {
            ('\0'..'\u{700}').chain('\u{1e00}'..'\u{1f00}').map(Letter::find).collect()
        });
        let slot = match u32::from(c) {
            code @ 0..0x700 => code,
            code @ 0x1e00..0x1f00 => code - 0x1e00 + 0x700,
            _ => return Self { script: Script::of(c), small: c, only_in: None },
        };
        usize::try_from(slot)
            .ok()
            .and_then(|slot| TABLE.get(slot))
            .copied()
            .unwrap_or_else(|| Self::find(c))
    }

    fn find(c: char) -> Self {
        let small = lower(c);
        let only_in = match small {
            _ if is_vietnamese(c) => Some(Tongue::Vietnamese),
            'ы' | 'э' | 'ъ' | 'ё' => Some(Tongue::Russian),
            'і' | 'ї' | 'є' | 'ґ' => Some(Tongue::Ukrainian),
            _ => None,
        };
        Self { script: Script::of(c), small, only_in }
    }
}

/// The letter in lower case, in the scripts whose words are on our lists.
fn lower(c: char) -> char {
    match u32::from(c) {
        0x41..=0x5a | 0xc0..=0xde | 0x410..=0x42f => shifted(c, 0x20),
        0x400..=0x40f => shifted(c, 0x50),
        0x100..=0x17f | 0x1a0 | 0x1e00..=0x1eff | 0x490 if u32::from(c) % 2 == 0 => shifted(c, 1),
        0x1af => shifted(c, 1),
        _ => c,
    }
}

#[inline]
fn shifted(c: char, by: u32) -> char {
    char::from_u32(u32::from(c) + by).unwrap_or(c)
}

/// Whether it is a Latin letter that Vietnamese alone of our languages writes, or an accent that
/// is typed after its letter, as some keyboards do for Vietnamese.
fn is_vietnamese(c: char) -> bool {
    matches!(
        u32::from(c),
        0x1ea0..=0x1ef9 | 0x102 | 0x103 | 0x110 | 0x111 | 0x1a0 | 0x1a1 | 0x1af | 0x1b0
            | 0x300..=0x302 | 0x306 | 0x309 | 0x31b | 0x323
    )
}

/// Characters without which there is hardly a Chinese sentence, and that are rare in names and
/// addresses.
#[inline]
pub(super) fn is_chinese_function(c: char) -> bool {
    "的了是在我您你们們这這那有和不可以请請会會能要就也都到为為与與及或如果把被从從对對给給吗嗎呢它他她什么麼哪些个個"
        .contains(c)
}

/// Common characters that are written otherwise in the other way of writing Chinese: simplified,
/// then traditional.
const PAIRS: &str = "们們这這来來时時说說对對会會个個学學过過发發后後经經动動现現进進种種头頭开開见見问問\
    长長么麼没沒电電话話网網书書馆館帮幫语語请請谢謝认認识識让讓讯訊设設计計试試该該详詳读讀课課调調谁誰\
    谈談论論议議记記讲講许許证證评評词詞译譯访訪诉訴误誤门門间間闻聞关關闭閉阅閱难難观觀规規视視觉覺览覽\
    车車轻輕输輸转轉还還这這边邊达達运運选選连連远遠适適递遞钟鐘钱錢银銀错錯镇鎮键鍵铁鐵体體价價优優传傳\
    伤傷伟偉务務区區医醫华華协協单單卖賣卫衛压壓厅廳历歷参參双雙变變号號叶葉员員响響团團园園图圖国國圆圓\
    场場坏壞块塊处處备備复復夹夾妇婦妈媽孙孫宁寧实實审審宝寶宾賓寻尋导導尔爾尘塵层層岁歲师師带帶帐帳库庫\
    应應张張当當录錄忆憶总總态態怀懷恼惱惊驚惯慣愿願戏戲战戰户戶报報担擔择擇换換据據损損摄攝数數断斷无無\
    旧舊显顯术術机機权權条條极極构構标標样樣桥橋档檔检檢楼樓欢歡气氣汉漢汇匯决決况況汤湯沟溝洁潔测測济濟\
    浏瀏涨漲润潤温溫渐漸湾灣灵靈点點为為热熱爱愛独獨环環现現画畫疗療监監盖蓋码碼确確礼禮离離积積称稱稳穩\
    穷窮简簡类類紧緊红紅约約级級纪紀纯純线線练練组組细細织織终終绍紹给給络絡统統继繼续續维維绿綠编編缩縮\
    罗羅职職联聯声聲脑腦脸臉节節苏蘇范範药藥获獲虑慮虽雖补補装裝视視触觸计計讨討订訂训訓贝貝负負责責败敗\
    货貨质質购購贵貴费費资資赏賞赶趕跃躍践踐递遞邮郵释釋里裡项項须須预預领領频頻题題颜顏风風飞飛饭飯饮飲\
    马馬驻駐驾駕验驗鱼魚鸟鳥麦麥齐齊龙龍兴興写寫军軍农農冲衝净淨减減几幾击擊则則刚剛创創别別办辦劳勞势勢\
    从從众眾万萬与與专專业業东東丢丟两兩严嚴丰豐临臨举舉义義乐樂习習乡鄉买買乱亂争爭于於亚亞产產亲親仅僅\
    仓倉仪儀伦倫侧側储儲儿兒内內册冊军軍决決准準凭憑";

/// Whether a Chinese character is written so in simplified or in traditional writing alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Writing {
    Simplified,
    Traditional,
}

/// The writing that a character belongs to, if it isn't the same in both.
pub(super) fn writing(c: char) -> Option<Writing> {
    // One byte for each of the common characters: a look-up without a search.
    static TABLE: LazyLock<Vec<Option<Writing>>> = LazyLock::new(|| {
        let mut table = vec![None; 0x5200];
        let mut mark = |c: char, writing| {
            if let Some(slot) = slot(c).and_then(|at| table.get_mut(at)) {
                *slot = Some(writing);
            }
        };
        let letters: Vec<char> = PAIRS.chars().filter(|c| Script::of(*c).is_some()).collect();
        for pair in letters.chunks_exact(2) {
            mark(pair[0], Writing::Simplified);
            mark(pair[1], Writing::Traditional);
        }
        // Written in traditional texts too, with a meaning of their own.
        for both in "后后里几于么准范别复冲松".chars() {
            if let Some(slot) = slot(both).and_then(|at| table.get_mut(at)) {
                *slot = None;
            }
        }
        table
    });
    TABLE.get(slot(c)?).copied().flatten()
}

fn slot(c: char) -> Option<usize> {
    usize::try_from(u32::from(c).checked_sub(0x4e00)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pairs_are_pairs() {
        let letters: Vec<char> = PAIRS.chars().filter(|c| Script::of(*c).is_some()).collect();
        assert!(letters.iter().all(|c| Script::of(*c) == Some(Script::Han)));
        assert_eq!(letters.len() % 2, 0);
        let (simplified, traditional): (Vec<_>, Vec<_>) =
            letters.chunks_exact(2).map(|pair| (pair[0], pair[1])).unzip();
        for c in simplified {
            let twice = traditional.contains(&c);
            assert!(!twice, "{c} is on both sides");
        }
    }

    #[test]
    fn characters_know_their_writing() {
        assert_eq!(writing('图'), Some(Writing::Simplified));
        assert_eq!(writing('圖'), Some(Writing::Traditional));
        assert_eq!(writing('人'), None);
        assert_eq!(writing('x'), None);
    }

    #[test]
    fn letters_looked_up_are_as_they_are_found() {
        for c in '\0'..=char::MAX {
            assert_eq!(Letter::of(c), Letter::find(c), "{c}");
        }
    }

    #[test]
    fn capitals_become_small() {
        for (capital, small) in [
            ('A', 'a'),
            ('É', 'é'),
            ('Й', 'й'),
            ('Ї', 'ї'),
            ('Ё', 'ё'),
            ('Đ', 'đ'),
            ('Ư', 'ư'),
            ('Ấ', 'ấ'),
            ('ß', 'ß'),
        ] {
            assert_eq!(lower(capital), small);
        }
    }
}
