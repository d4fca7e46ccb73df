/** All messages, for the pages of signing in, accounts and members. */
import { account, type Account } from './en/account';
import { first, type First } from './en/first';
import { later, type Later } from './en/later';
import { onLanguage } from './language';

export let t: First & Later & Account = { ...first, ...later, ...account };

onLanguage((bundle) => {
  t = { ...(bundle?.first ?? first), ...(bundle?.later ?? later), ...(bundle?.account ?? account) };
});
