import { onlineManager } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { ApiError, ConflictError } from '@/api/errors';
import { toast } from '@/components/ui/toast';
import { t } from '@/messages/later';
import { takeKept, useKeep } from './use-kept';

interface Sent<Values, Item> {
  values: Values;
  /** What differs from the version that was seen. */
  changed: Partial<Values>;
  /** What is edited, as it was seen; null when it is new. */
  seen: Item | null;
  /** Says that a part of the values is made and stays so, whatever becomes of the rest: the form goes on from there. */
  replace: (changes: Partial<Values>) => void;
}

/** A form as the end of the session has found it. */
interface KeptForm<Values, Item> {
  seen: Item | null;
  base: Values;
  changed: Partial<Values>;
}

interface FormOptions<Values extends object, Item> {
  /**
   * By which name, of its own on the page, what was typed is kept if the session ends: the same user finds it again. Null for what is
   * secret, such as a password, and on pages without a session.
   */
  keep: string | null;
  /** What is edited; null, or nothing, makes something new. */
  item?: Item | null;
  /** The fields, by the names that they have in the API: errors of the server and conflicts name them. */
  toValues: (item: Item | null) => Values;
  /** Sends the values; what it rejects with is shown in the form. */
  send: (sent: Sent<Values, Item>) => Promise<unknown>;
  /** It is saved, and the form can go. */
  onDone: () => void;
  /** Codes of errors that belong to a field although they do not name it. */
  codes?: Partial<Record<string, keyof Values & string>>;
  /** An item is saved although nothing of it was changed: what was only assumed becomes a choice. */
  sendUnchanged?: boolean;
  /** What was typed before, where that was refused after the form had gone. */
  typed?: Partial<Values> | undefined;
  /** Without a connection it waits: the form goes at once. When it is refused later, this is said, and the way back offered. */
  queued?: { refused: string; again?: (typed: Partial<Values>) => void };
}

/** How long there is to go back to what was refused. */
const ANSWER_MS = 60_000;

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/**
 * The one mechanism of forms: what is typed, whether it is saved, sending it, and errors of the server at the fields that they name.
 * A form ends when what it sent is saved, and never because it was refused. After a conflict it goes on from the newer version, with
 * everything that was typed.
 */
export function useForm<Values extends object, Item = never>({
  keep,
  item = null,
  toValues,
  send,
  onDone,
  codes = {},
  sendUnchanged = false,
  typed,
  queued,
}: FormOptions<Values, Item>) {
  const [kept] = useState(() => takeKept<KeptForm<Values, Item>>(keep));
  const [seen, setSeen] = useState(kept ? kept.seen : item);
  const [base, setBase] = useState(() => kept?.base ?? toValues(item));
  const [values, setValues] = useState({ ...base, ...typed, ...kept?.changed });
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  /** For what follows in the same moment, before the form is drawn again. */
  const saved = useRef(false);
  /** What is edited, as it is by now: what waits for an answer was drawn with an earlier one. */
  const newest = useRef(item);
  useEffect(() => {
    newest.current = item;
  });
  /** The fields that were changed since the form was sent last. */
  const touched = useRef(new Set<string>());
  const names = Object.keys(values) as (keyof Values & string)[];
  const changedNames = names.filter((name) => !isSame(values[name], base[name]));
  const pick = (from: Values, some: readonly string[]) =>
    Object.fromEntries(some.map((name) => [name, from[name as keyof Values]])) as Partial<Values>;
  // What is on its way and can wait is sent again by itself.
  const isKept = changedNames.length > 0 && !(queued && busy);
  useKeep(keep, isKept ? { seen, base, changed: pick(values, changedNames) } : undefined);
  // Of what was kept, the version that is there now is followed like a newer one.
  const [followed, setFollowed] = useState(kept ? kept.seen : item);
  if (followed !== item) {
    // A newer version came while the form is open. Where it says something else of what is typed here, the server will ask.
    setFollowed(item);
    const newer = toValues(item);
    if (changedNames.every((name) => isSame(newer[name], base[name]))) {
      setSeen(item);
      setBase(newer);
      setValues({ ...newer, ...pick(values, changedNames) });
    }
  }
  const failure = error instanceof ApiError ? error : null;
  const conflict = error instanceof ConflictError ? error : null;

  const fieldError = (name: keyof Values & string): string | undefined => {
    if (failure === null) return undefined;
    const owner = codes[failure.code];
    if (owner === undefined) return failure.field(name);
    return owner === name ? failure.firstMessage : undefined;
  };
  const set = (changes: Partial<Values>) => {
    const change = (before: Values) => ({ ...before, ...changes });
    setValues(change);
    for (const name of Object.keys(changes)) touched.current.add(name);
    // What `onDone` sets is nothing that was typed.
    if (saved.current) setBase(change);
  };
  const refuse = (reason: unknown) => {
    setBusy(false);
    setError(reason);
    if (!(reason instanceof ConflictError)) return;
    const newer = toValues(reason.theirs as Item);
    setSeen(reason.theirs as Item);
    setBase(newer);
    const stays = [...changedNames, ...touched.current];
    setValues((now) => ({ ...newer, ...pick(now, stays) }));
  };

  return {
    values,
    busy,
    fieldError,
    /** What belongs to no field, for the foot of the form. */
    formError: conflict || names.some((name) => fieldError(name)) ? null : error,
    /** The fields that were changed elsewhere too, with what they are there. */
    conflict: conflict && {
      both: names.filter((name) => conflict.both.includes(name)),
      theirs: base,
      takeTheirs: () => {
        setValues((typed) => ({ ...typed, ...pick(base, conflict.both) }));
        setError(null);
      },
    },
    isDirty: changedNames.length > 0,
    isSaved: () => saved.current,
    set,
    submit: () => {
      if (busy) return;
      if (seen !== null && changedNames.length === 0 && !sendUnchanged) {
        onDone();
        return;
      }
      setError(null);
      let sentValues = values;
      const replace = (changes: Partial<Values>) => {
        sentValues = { ...sentValues, ...changes };
        setValues((before) => ({ ...before, ...changes }));
      };
      touched.current.clear();
      const changed = pick(values, changedNames);
      const sent = send({ values, changed, seen, replace });
      if (queued && !onlineManager.isOnline()) {
        saved.current = true;
        onDone();
        const { refused, again } = queued;
        const onClick = () => again?.(seen === null ? values : changed);
        sent.catch((reason: unknown) =>
          toast.error(reason, {
            title: refused,
            ...(again ? { timeout: ANSWER_MS, action: { label: t.form.editAgain, onClick } } : {}),
          }),
        );
        return;
      }
      setBusy(true);
      sent.then(() => {
        setBusy(false);
        // A form that stays goes on from what is saved: as the server has it, when that has come already.
        const isThere = newest.current !== item;
        const after = isThere ? toValues(newest.current) : sentValues;
        if (isThere) setSeen(newest.current);
        setBase(after);
        const stays = [...touched.current];
        setValues((now) => ({ ...after, ...pick(now, stays) }));
        saved.current = true;
        onDone();
        // Of a form that stays, the next change is a new one.
        saved.current = false;
      }, refuse);
    },
  };
}

export interface Form<Values extends object = object> {
  values: Values;
  busy: boolean;
  fieldError: (name: keyof Values & string) => string | undefined;
  formError: unknown;
  conflict: { both: (keyof Values & string)[]; theirs: Values; takeTheirs: () => void } | null;
  isDirty: boolean;
  isSaved: () => boolean;
  set: (changes: Partial<Values>) => void;
  submit: () => void;
}
