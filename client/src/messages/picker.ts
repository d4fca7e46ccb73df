/** The messages of the first page and of the pickers, which come before everything else that is loaded after it. */
import { first, type First } from './en/first';
import { picker } from './en/picker';
import { onLanguage } from './language';

export let t: First & { picker: typeof picker } = { ...first, picker };

onLanguage((bundle) => {
  t = { ...(bundle?.first ?? first), picker: bundle?.later.picker ?? picker };
});
