import { ApiError, errorMessage, needsReload } from '@/api/errors';
import { useSyncExternalStore } from 'react';
import { deferred } from '@/lib/deferred';
import { forgetWithSession } from '@/lib/forget';
import { t } from '@/messages/first';

interface ToastOptions {
  description?: string;
  action?: { label: string; onClick: () => void };
  timeout?: number;
}

interface ToastToAdd {
  id: string;
  type: string;
  title: string;
  description?: string;
  timeout?: number;
  priority: 'high' | 'low';
  actionProps?: { children: string; onClick: () => void };
}

interface Area {
  add: (toast: ToastToAdd) => string;
  close: (id: string) => void;
}

/** Fetched with the first toast, if not before. */
const part = deferred(() => import('./toaster'));

let area: Area | undefined;
/** What was said before there was a place for it. */
let early: ToastToAdd[] = [];
let counter = 0;

// Those that are shown go with the area.
forgetWithSession(() => {
  early = [];
});

/** From now on toasts appear here. */
export function showToasts(next: Area): void {
  area = next;
  for (const toast of early) next.add(toast);
  early = [];
}

function close(id: string): void {
  area?.close(id);
  early = early.filter((toast) => toast.id !== id);
}

function add(type: string, title: string, { description, action, timeout }: ToastOptions): string {
  counter += 1;
  const id = `toast-${counter}`;
  const item: ToastToAdd = {
    id,
    type,
    title,
    ...(description ? { description } : {}),
    ...(timeout === undefined ? {} : { timeout }),
    priority: type === 'error' ? 'high' : 'low',
    ...(action
      ? {
          actionProps: {
            children: action.label,
            onClick: () => {
              close(id);
              action.onClick();
            },
          },
        }
      : {}),
  };
  if (area) area.add(item);
  else {
    early.push(item);
    void part.load();
  }
  return id;
}

export const toast = {
  close,
  success: (title: string, options: ToastOptions = {}) => add('success', title, options),
  /** An error that belongs to no field: said with the request's id, by which an operator finds it in the log. */
  error: (error: unknown, options: ToastOptions & { title?: string } = {}) => {
    const { title, description, action, ...others } = options;
    const message = errorMessage(error);
    const requestId =
      error instanceof ApiError && error.requestId ? t.state.errorId(error.requestId) : undefined;
    // What the caller knows better takes the place of the error's own sentence.
    const parts = [description ?? (title ? message : undefined), requestId].filter(Boolean);
    const reload = { label: t.action.reload, onClick: () => window.location.reload() };
    const offered = action ?? (needsReload(error) ? reload : undefined);
    return add('error', title ?? message, {
      timeout: 10_000,
      ...others,
      ...(parts.length > 0 ? { description: parts.join(' · ') } : {}),
      ...(offered ? { action: offered } : {}),
    });
  },
};

/** Where toasts appear; once per page. */
export function Toaster() {
  const loaded = useSyncExternalStore(part.subscribe, part.current);
  return loaded ? <loaded.ToastArea /> : null;
}
