import type { KeyboardEvent } from 'react';

/** Enter, and not the one that ends the composition of a character. */
export function isEnter({ key, nativeEvent }: KeyboardEvent): boolean {
  return key === 'Enter' && !nativeEvent.isComposing;
}
