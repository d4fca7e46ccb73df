/** What the field of the timer bar is with and without suggestions. */
export const descriptionStyle =
  'h-10 w-full min-w-0 flex-1 truncate rounded-lg bg-transparent px-3 text-base md:text-[0.9375rem] outline-none placeholder:text-muted-foreground focus-visible:outline-none';
