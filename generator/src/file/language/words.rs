//! Words that stand in nearly every sentence of a language and in no other of ours.

use std::sync::LazyLock;

/// A language that we tell apart by its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Tongue {
    English,
    Spanish,
    Vietnamese,
    Tagalog,
    Russian,
    Ukrainian,
    /// Words that Russian and Ukrainian share.
    Slavic,
    Arabic,
}

/// How many there are.
pub(super) const TONGUES: usize = 8;

pub(super) const LISTS: [(Tongue, &str); TONGUES] = [
    (
        Tongue::English,
        "the of and to in for with you your yours that this is are was were be been it its on we \
         our us they their them there here can will would should could must not or if by from \
         have has had does did doing what when where which who whom how why an about into out up \
         more most some any all other others only than then also each every one two first get \
         gets make makes made use uses used using find finds ask asks tell tells need needs want \
         wants know knows like take takes give gives show shows look looks help helps read reads \
         write writes call calls send sends let don doesn isn aren won wasn i he she his her him \
         my these those because before after while during until through without between over \
         under again now please just both many much such yes people things way ways",
    ),
    (
        Tongue::Spanish,
        "el la los las de del que en un una unos unas por se su sus al lo le les es está están \
         estar ser como más pero sí nos nuestro nuestra nuestros nuestras usted ustedes yo tu mi \
         este esta esto estos estas ese esa eso aquí cuando cuándo donde dónde qué cómo quién \
         cuál cuáles todo todos toda todas también muy sin entre hasta desde puede pueden podemos \
         tiene tienen tenemos hacer hace tener otro otra otros otras cada antes después durante \
         porque sea quiere quiera necesita ningún ninguna algún alguna algunos algunas",
    ),
    (
        Tongue::Vietnamese,
        "và là có không trong này khi cho thì nào gì xin quý các tôi chúng theo làm tìm cách nói \
         giúp hoặc cùng sau trên mình",
    ),
    (
        Tongue::Tagalog,
        "ang ng sa na mga ay po ko ka namin natin ninyo inyo inyong kayo kayong kami kaming tayo \
         tayong sila silang siya siyang niya nila nilang ako akong ikaw iyong iyo atin aming amin \
         ating mayroon wala walang hindi huwag kung kapag pag nang upang dahil ngunit rin din \
         lang lamang pa naman muna ito itong iyan iyon nito dito doon ano anong alin saan kailan \
         paano bakit sino gaano ilan lahat bawat isang isa dalawang ibang iba maaari maaaring \
         puwede puwedeng pwede dapat kailangan kailangang gusto gustong tungkol mula hanggang \
         habang pagkatapos nasa yung nating ninyong naming maging bilang kaysa",
    ),
    (
        Tongue::Russian,
        "и что это вы мы как или если чтобы может можно есть с к от из но уже только они он его \
         её ее их наши нашей нашего ваши вашей вашего вашем который которые которая которое \
         которую которых когда где почему потому также тоже всё всех всем этот эта эти этой этого \
         этом эту бы ли ещё еще нет нужно надо будет будут быть был вместе после во со об под \
         между себя свой своей своего свои сейчас теперь здесь ничего никто очень больше меньше \
         сможет сможете хотите могут мне меня",
    ),
    (
        Tongue::Ukrainian,
        "і й та що це ви ми як або якщо щоб може можна є з із зі від але вже лише тільки вони він \
         вона його її їх їм нашої наші нашого ваші вашої вашого вашому який які яка яке яку \
         яких коли де чому тому також теж всі усі всіх цей ця ці цього цієї цьому цю би чи ж ще \
         ні немає потрібно треба буде будуть бути був разом після під між себе свій своєї свого \
         свої зараз тепер ніхто нічого дуже більше менше зможе зможете хочете можуть мені \
         мене",
    ),
    (
        Tongue::Slavic,
        "в у на не за до для по при вас вам нас нам наш ваш вашу нашу все так то о без через \
         перед там тут одна один про була над нашим можете",
    ),
    (
        Tongue::Arabic,
        "من في على إلى عن مع أن إن أو لا ما هذا هذه ذلك تلك التي الذي الذين كل هل كيف متى أين لم \
         لن قد كان يكون تكون هو هي نحن لكم لك لنا أنت إذا بعد عند حتى بين أي يمكنك يمكننا \
         يمكن يجب ليس غير أيضا كما ثم فقط وهو وهي ولا أنه أنها عليك إليك منك معك به بها له لها \
         فيها فيه عليه عليها عندما لكن منذ خلال عبر لأن إليكم عليكم معكم منكم بكم نحو دون أما إلا قبل بدون",
    ),
];

const SLOTS: usize = 4096;

/// The words of all lists, found by their hash without a comparison of texts.
static TABLE: LazyLock<Vec<(u64, Option<Tongue>)>> = LazyLock::new(|| {
    let mut table = vec![(0, None); SLOTS];
    for (tongue, list) in LISTS {
        for word in list.split_whitespace() {
            let hash = word.chars().fold(Hash::default(), Hash::and);
            let mut slot = hash.slot();
            while table[slot].1.is_some() {
                slot = (slot + 1) % SLOTS;
            }
            table[slot] = (hash.0, Some(tongue));
        }
    }
    table
});

/// A word's hash, made letter by letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hash(u64);

impl Default for Hash {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hash {
    /// With one more letter, in lower case.
    #[inline]
    pub(super) fn and(self, letter: char) -> Self {
        Self((self.0 ^ u64::from(u32::from(letter))).wrapping_mul(0x0100_0000_01b3))
    }

    #[inline]
    fn slot(self) -> usize {
        usize::try_from(self.0 ^ (self.0 >> 32)).unwrap_or_default() % SLOTS
    }
}

/// Whose word this is, if it is on a list.
#[inline]
pub(super) fn tongue(hash: Hash) -> Option<Tongue> {
    let table = &*TABLE;
    let mut slot = hash.slot();
    loop {
        match table[slot] {
            (found, tongue @ Some(_)) if found == hash.0 => return tongue,
            (_, None) => return None,
            _ => slot = (slot + 1) % SLOTS,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn no_word_stands_on_two_lists() {
        let mut seen = BTreeMap::new();
        for (tongue, list) in LISTS {
            for word in list.split_whitespace() {
                if let Some(other) = seen.insert(word, tongue) {
                    panic!("{word} is on the lists of {other:?} and {tongue:?}");
                }
            }
        }
    }

    #[test]
    fn every_word_is_found_by_its_hash() {
        for (expected, list) in LISTS {
            for word in list.split_whitespace() {
                let hash = word.chars().fold(Hash::default(), Hash::and);
                assert_eq!(tongue(hash), Some(expected), "{word}");
            }
        }
        let hash = "librarian".chars().fold(Hash::default(), Hash::and);
        assert_eq!(tongue(hash), None);
    }
}
