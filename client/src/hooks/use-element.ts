import { cloneElement, type ReactElement, type Ref, type SyntheticEvent } from 'react';

type Props = Record<string, unknown>;
type Handler = (event: SyntheticEvent) => void;

function both(own: Handler, added: Handler): Handler {
  return (event) => {
    added(event);
    own(event);
  };
}

function assign<T>(ref: Ref<T> | undefined, value: T | null): (() => void) | undefined {
  if (typeof ref === 'function') {
    const cleanUp = ref(value);
    return typeof cleanUp === 'function' ? cleanUp : () => void ref(null);
  }
  if (ref) ref.current = value;
  return () => {
    if (ref) ref.current = null;
  };
}

const joined = new WeakMap<object, WeakMap<object, Ref<HTMLElement>>>();

/** One ref for two places; the same one each time, so that the element is not told anew with each drawing. */
function join(own: Ref<HTMLElement> | undefined, added: Ref<HTMLElement>): Ref<HTMLElement> {
  if (!own || !added) return own ?? added;
  const known = joined.get(own) ?? new WeakMap<object, Ref<HTMLElement>>();
  joined.set(own, known);
  let ref = known.get(added);
  if (!ref) {
    ref = (element) => {
      const ends = [assign(own, element), assign(added, element)];
      return () => ends.forEach((end) => end?.());
    };
    known.set(added, ref);
  }
  return ref;
}

/** An element with more properties and a ref of one's own. Handlers of both are called; of anything else what is added wins. */
export function useElement(element: ReactElement, ref: Ref<HTMLElement>, added: Props): ReactElement {
  const own = element.props as Props;
  const merged: Props = { ...added };
  for (const [name, value] of Object.entries(added)) {
    const before = own[name];
    if (/^on[A-Z]/.test(name) && typeof before === 'function')
      merged[name] = both(before as Handler, value as Handler);
  }
  merged.ref = join(own.ref as Ref<HTMLElement> | undefined, ref);
  return cloneElement(element, merged);
}
