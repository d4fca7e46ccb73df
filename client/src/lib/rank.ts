/** How well a text fits what was typed, for lists to choose from. */

/** Texts as they are compared: without case and accents. */
function fold(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase();
}

const WORD = /[\p{Letter}\p{Number}]/u;

/** Whether a word begins at this place. */
function beginsWord(text: string, at: number): boolean {
  return at === 0 || !WORD.test(text[at - 1] ?? '');
}

function hasWordStart(text: string, typed: string): boolean {
  for (let at = text.indexOf(typed); at !== -1; at = text.indexOf(typed, at + 1))
    if (beginsWord(text, at)) return true;
  return false;
}

const MISS = 100;

/** Smaller is better: the whole text, its beginning, the beginning of a word, anywhere, its words anywhere. Null when it does not fit. */
export function rank(text: string, typed: string): number | null {
  const folded = fold(text);
  const wanted = fold(typed);
  if (folded === wanted) return 0;
  if (folded.startsWith(wanted)) return 1;
  if (hasWordStart(folded, wanted)) return 2;
  if (folded.includes(wanted)) return 3;
  const order = rankWords(folded, wanted);
  return order === MISS ? null : order;
}

function rankWords(folded: string, wanted: string): number {
  const words = wanted.split(/[\s/]+/).filter(Boolean);
  if (!words.every((word) => folded.includes(word))) return MISS;
  return words.every((word) => hasWordStart(folded, word)) ? 4 : 5;
}

export interface PathText {
  /** From the top down. */
  path: readonly string[];
  /** In front of the path, such as the project and its client. */
  above: readonly string[];
}

/** The same for a place in a tree: what is typed is most likely the name at its end. */
export function rankPath({ path, above }: PathText, typed: string): number | null {
  const leaf = fold(path.at(-1) ?? '');
  const wanted = fold(typed);
  if (leaf === wanted) return 0;
  if (leaf.startsWith(wanted)) return 1;
  if (hasWordStart(leaf, wanted)) return 2;
  if (leaf.includes(wanted)) return 3;
  const order = rank([...above, ...path].join(' / '), typed);
  return order === null ? null : 4 + order;
}

/** The parts of a text that fit and those that do not, in their order: for showing why it was found. */
export function highlight(text: string, typed: string): { text: string; fits: boolean }[] {
  const words = [typed.trim(), ...typed.split(/[\s/]+/)].filter(Boolean).map((word) => word.toLowerCase());
  const lower = text.toLowerCase();
  // Some characters change their length with their case: then nothing is marked rather than the wrong part.
  if (lower.length !== text.length || words.length === 0) return [{ text, fits: false }];
  const marked = new Array<boolean>(text.length).fill(false);
  for (const word of words)
    for (let at = lower.indexOf(word); at !== -1; at = lower.indexOf(word, at + word.length))
      marked.fill(true, at, at + word.length);
  const parts: { text: string; fits: boolean }[] = [];
  marked.forEach((fits, index) => {
    const last = parts.at(-1);
    if (last?.fits === fits) last.text += text[index] ?? '';
    else parts.push({ text: text[index] ?? '', fits });
  });
  return parts;
}
