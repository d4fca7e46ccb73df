/** The messages of the first page, in the language that is shown. */
import { first, type First } from './en/first';
import { onLanguage } from './language';

export let t: First = first;

onLanguage((bundle) => {
  t = bundle?.first ?? first;
});
