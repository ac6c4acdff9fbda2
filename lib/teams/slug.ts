const LENGTH_MAX = 40;

/** Slugs that would be confusing in a URL. */
const RESERVED = new Set([
  'account',
  'admin',
  'api',
  'app',
  'apps',
  'auth',
  'docs',
  'gateway',
  'help',
  'invitations',
  'latchkey',
  'new',
  'null',
  'operator',
  'outbox',
  'settings',
  'sign-in',
  'sign-up',
  'static',
  'status',
  'support',
  'system',
  't',
  'team',
  'teams',
  'undefined',
  'welcome',
  'www',
]);

/** Letters that Unicode doesn't decompose into a base letter and a mark. */
const LATIN: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ł: 'l',
  ı: 'i',
  '&': ' and ',
};

/** The usual Latin transliteration of Cyrillic and Greek, so that such names result in a readable URL. */
const OTHER_SCRIPTS = spellings(
  'а a б b в v г g д d е e ж zh з z и i к k л l м m н n о o п p р r с s т t у u ф f х kh ц ts ч ch ш sh щ shch ъ _ ы y ь _ э e ю yu я ya є ye і i ґ g ' +
    'α a β v γ g δ d ε e ζ z η i θ th ι i κ k λ l μ m ν n ξ x ο o π p ρ r σ s ς s τ t υ y φ f χ ch ψ ps ω o',
);

/** A name as a URL slug: lowercase ASCII words joined by hyphens, at most 40 characters. Null if empty or reserved. */
export function slugOf(name: string): string | null {
  const bare = name
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '');
  const slug = Array.from(bare, (letter) => LATIN[letter] ?? OTHER_SCRIPTS[letter] ?? letter)
    .join('')
    .replace(/['’]/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, LENGTH_MAX)
    .replace(/^-+|-+$/g, '');
  return slug.length < 2 || RESERVED.has(slug) ? null : slug;
}

function spellings(pairs: string): Readonly<Record<string, string>> {
  const words = pairs.split(' ');
  const entries: [string, string][] = [];
  for (let i = 0; i < words.length; i += 2) entries.push([words[i]!, words[i + 1]!.replace('_', '')]);
  return Object.fromEntries(entries);
}
