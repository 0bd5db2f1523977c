/** Why a name deserves a second look: it can be taken for another one. Such a name is shown with the reason, not refused. */
export interface NameDoubt {
  readonly code: 'mixed_scripts' | 'lookalike_letters' | 'disguised_characters' | 'stacked_marks';
  /** What the name does, to be read behind it. */
  readonly detail: string;
}

/** Writing systems that are told apart here; all others count as one. */
const SCRIPTS = [
  ['Latin', /\p{Script=Latin}/u],
  ['Cyrillic', /\p{Script=Cyrillic}/u],
  ['Greek', /\p{Script=Greek}/u],
  ['Armenian', /\p{Script=Armenian}/u],
  ['Cherokee', /\p{Script=Cherokee}/u],
  ['Lisu', /\p{Script=Lisu}/u],
  ['Hebrew', /\p{Script=Hebrew}/u],
  ['Arabic', /\p{Script=Arabic}/u],
  ['Han', /\p{Script=Han}/u],
  ['Hiragana', /\p{Script=Hiragana}/u],
  ['Katakana', /\p{Script=Katakana}/u],
  ['Bopomofo', /\p{Script=Bopomofo}/u],
  ['Hangul', /\p{Script=Hangul}/u],
] as const;

type Script = (typeof SCRIPTS)[number][0] | 'other';

/** What is written together in one word by custom (UTS #39 §5.2, highly restrictive). */
const TOGETHER: readonly (readonly Script[])[] = [
  ['Latin', 'Han', 'Hiragana', 'Katakana'],
  ['Latin', 'Han', 'Bopomofo'],
  ['Latin', 'Han', 'Hangul'],
];

/** Letters of other scripts that are drawn like Latin ones (UTS #39, confusables). */
const LOOKALIKES: Partial<Record<Script, RegExp>> = {
  Cyrillic: /[асеорхуіјѕһԁԛԝѵӏёїАВСЕНІЈКМОРЅТХУҮӀԀԚԜѴЁЇ]/u,
  Greek: /[αγικνορυχϲϳΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹͿ]/u,
  Armenian: /[օսոհցզՕՍԼՏ]/u,
  Cherokee: /[ᎠᎡᎢᎥᎪᎫᎬᎳᎷᎻᎽᏀᏃᏏᏒᏔᏕᏙᏚᏞᏟᏢᏦᏧ]/u,
  Lisu: /[ꓐꓑꓓꓔꓖꓗꓙꓚꓜꓝꓟꓠꓡꓢꓣꓦꓧꓪꓫꓬꓮꓰꓲꓳꓴ]/u,
};

/** Not letters and signs of an address, but drawn like them: phonetic letters, small capitals, slashes and colons of mathematics. */
const DRAWN_ALIKE = /[ɑɡɩɪɴʀɢʙʜʟʏ\u1d00-\u1d2b\u2044\u2215\u29f8\ua789]/u;
/** Variants of a letter that have a use of their own: ordinals, and letters of Dutch, Catalan and Croatian. */
const OF_THEIR_OWN = /[ªºĲĳĿŀŉǄ-ǌǱ-ǳ]/u;
/** What letters and the signs of an address turn into when their style is taken off. */
const ORDINARY = /^[a-z./:@]+$/i;
const STYLED = /[\p{L}\p{Nl}\p{P}\u249c-\u24e9\u{1f110}-\u{1f189}]/u;
const STACKED = /\p{Mn}{4,}/u;
const WORDS = /[\p{L}\p{M}\p{N}]+/gu;

/** The reasons to look twice at a displayed name, most telling first; none for a name in any one script. */
export function nameDoubts(name: string): NameDoubt[] {
  const text = name.normalize('NFC');
  const doubts = [mixedScripts(text), lookalikeLetters(text), disguisedCharacters(text), stackedMarks(text)];
  return doubts.filter((doubt) => doubt !== null);
}

function mixedScripts(text: string): NameDoubt | null {
  const mixed = (text.match(WORDS) ?? []).map(scriptsOf).find((scripts) => !areTogether(scripts));
  if (!mixed) return null;
  return { code: 'mixed_scripts', detail: `mixes ${[...mixed].join(' and ')} letters in one word` };
}

function lookalikeLetters(text: string): NameDoubt | null {
  for (const [script, lookalike] of Object.entries(LOOKALIKES)) {
    const own = [...text].filter((letter) => scriptOf(letter) === script);
    if (own.length && own.every((letter) => lookalike.test(letter))) {
      return { code: 'lookalike_letters', detail: `has ${script} letters that look like Latin ones` };
    }
  }
  return null;
}

function disguisedCharacters(text: string): NameDoubt | null {
  const found = [...text].some((character) => DRAWN_ALIKE.test(character) || isStyled(character));
  return found ? { code: 'disguised_characters', detail: 'has characters that look like ordinary ones and are not' } : null;
}

function isStyled(character: string): boolean {
  if (character <= '\u007f' || OF_THEIR_OWN.test(character) || !STYLED.test(character)) return false;
  const plain = character.normalize('NFKC').replaceAll(/[()]/g, '');
  return ORDINARY.test(plain);
}

function stackedMarks(text: string): NameDoubt | null {
  return STACKED.test(text) ? { code: 'stacked_marks', detail: 'piles up marks that can cover other text' } : null;
}

/** Digits, marks and signs belong to every script. */
function scriptOf(character: string): Script | null {
  if (!/\p{L}/u.test(character) || /\p{Script=Common}|\p{Script=Inherited}/u.test(character)) return null;
  return SCRIPTS.find(([, letters]) => letters.test(character))?.[0] ?? 'other';
}

function scriptsOf(word: string): Set<Script> {
  return new Set([...word].map(scriptOf).filter((script) => script !== null));
}

function areTogether(scripts: ReadonlySet<Script>): boolean {
  return scripts.size <= 1 || TOGETHER.some((custom) => [...scripts].every((script) => custom.includes(script)));
}
