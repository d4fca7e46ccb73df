import { clsx } from 'clsx';

/** Joins class names. A utility replaces what the layer `components` in styles.css says; of two utilities neither does. */
export const cn = clsx;
