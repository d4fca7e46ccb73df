/** Sentences with a number in them, by the rules of a language. */

/** A sentence for each form that a language has; `#` stands for the number. */
interface Forms {
  one: string;
  other: string;
}

export type Counter = (count: number, forms: Forms) => string;

/** Picks the form of a number and writes the number as the language does: `1,000 entries`. */
export function counter(language: string): Counter {
  const rules = new Intl.PluralRules(language);
  const numbers = new Intl.NumberFormat(language);
  return (count, { one, other }) =>
    (rules.select(count) === 'one' ? one : other).replace('#', numbers.format(count));
}
