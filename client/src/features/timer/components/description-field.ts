/** What the field of the timer bar is with and without suggestions. */
import type { KeyboardEvent } from 'react';

export const descriptionStyle =
  'h-10 w-full min-w-0 flex-1 truncate rounded-lg bg-transparent px-3 text-base md:text-[0.9375rem] outline-none placeholder:text-muted-foreground focus-visible:outline-none';

/** Enter, and not the one that ends the composition of a character. */
export function isEnter({ key, nativeEvent }: KeyboardEvent): boolean {
  return key === 'Enter' && !nativeEvent.isComposing;
}
