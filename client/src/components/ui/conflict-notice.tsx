import type { ReactNode } from 'react';
import type { Form } from '@/hooks/use-form';
import { Button } from './button';
import { t } from '@/messages/later';

interface ConflictNoticeProps<Values extends object> {
  form: Form<Values>;
  /** What each field is called, and what its value looks like when it can be said. */
  fields: {
    readonly [Name in keyof Values]?: { label: string; format?: (value: Values[Name]) => ReactNode };
  };
}

/** Asks about fields that were changed elsewhere too, while this form was open. All others are merged already. */
export function ConflictNotice<Values extends object>({ form, fields }: ConflictNoticeProps<Values>) {
  const { conflict } = form;
  if (!conflict) return null;
  return (
    <div role="alert" className="rounded-lg bg-warning-soft px-3 py-2.5 text-sm text-warning">
      <p className="font-medium">{t.form.conflict}</p>
      <dl className="mt-1.5 grid gap-1">
        {conflict.both.map((name) => {
          const field = fields[name];
          const value = conflict.theirs[name];
          return (
            <div key={name} className="flex gap-1.5">
              <dt className="shrink-0">{t.form.isNow(field?.label ?? name)}</dt>
              <dd className="min-w-0 truncate font-medium">
                <bdi>{field?.format ? field.format(value) : String(value ?? '') || '–'}</bdi>
              </dd>
            </div>
          );
        })}
      </dl>
      <div className="mt-2 flex flex-wrap items-center gap-2 text-foreground">
        <Button size="sm" onClick={conflict.takeTheirs}>
          {t.form.useNewer}
        </Button>
        <span className="text-warning">{t.form.saveKeepsYours}</span>
      </div>
    </div>
  );
}
