/** What people have typed and not saved: a page is not reloaded by itself, nor left without a question, while there is any. */
const held = new Set<symbol>();

/** Notes that something is not saved; the answer ends that. */
export function holdUnsaved(): () => void {
  const token = Symbol('unsaved');
  held.add(token);
  return () => held.delete(token);
}

export function hasUnsaved(): boolean {
  return held.size > 0;
}
