import type { Bundle } from '../language';
import { account } from './account';
import { first } from './first';
import { later } from './later';

/** German, whole: a message that English has and this has not is an error of the compiler. */
export const de: Bundle = { first, later, account };
