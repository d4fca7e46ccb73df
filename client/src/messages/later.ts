/** All messages, for what is loaded after the first page. */
import { first, type First } from './en/first';
import { later, type Later } from './en/later';
import { onLanguage } from './language';

export let t: First & Later = { ...first, ...later };

onLanguage((bundle) => {
  t = { ...(bundle?.first ?? first), ...(bundle?.later ?? later) };
});
