import type { ReactNode, RefObject } from 'react';
import { ColorPicker } from '@/components/color-picker';
import { Field } from '@/components/ui/field';
import { Input, Textarea } from '@/components/ui/input';
import type { Form } from '@/hooks/use-form';
import { t } from '@/messages/later';

/** The fields that projects and categories share, by the names that they have in the API. */
export interface StructureValues {
  name: string;
  description: string;
  /** Null inherits. */
  color: string | null;
}

/** What the fields are called where a conflict names them. */
export function structureLabels() {
  return {
    name: { label: t.form.name },
    description: { label: t.form.description },
    color: { label: t.form.colour },
  };
}

/** As the API takes them. */
export function trimmed<T extends Partial<StructureValues>>({ name, description, ...others }: T) {
  return {
    ...others,
    ...(name === undefined ? {} : { name: name.trim() }),
    ...(description === undefined ? {} : { description: description.trim() || null }),
  };
}

interface StructureFieldsProps<Values extends StructureValues> {
  form: Form<Values>;
  nameInput?: RefObject<HTMLInputElement | null>;
  maxName: number;
  /** The colour that is used when none is chosen; without it one has to be chosen. */
  inherit?: { label: string; color: string };
  /** In place of the name. */
  names?: ReactNode;
  /** Between colour and description. */
  children?: ReactNode;
}

/** Name, colour and description of a project or a category. */
export function StructureFields<Values extends StructureValues>({
  form,
  nameInput,
  maxName,
  inherit,
  names,
  children,
}: StructureFieldsProps<Values>) {
  const { values } = form;
  const [nameError, descriptionError] = [form.fieldError('name'), form.fieldError('description')];
  const set = (changes: Partial<StructureValues>) => form.set(changes as Partial<Values>);
  return (
    <>
      {names ?? (
        <Field label={t.form.name} error={nameError}>
          {(field) => (
            <Input
              {...field}
              {...(nameInput ? { ref: nameInput } : {})}
              required
              maxLength={maxName}
              value={values.name}
              onChange={(event) => set({ name: event.currentTarget.value })}
            />
          )}
        </Field>
      )}
      <div className="grid gap-1.5">
        <span className="text-sm font-medium">{t.form.colour}</span>
        <ColorPicker
          label={t.form.colour}
          value={values.color}
          onChange={(color) => {
            if (color !== null || inherit) set({ color });
          }}
          {...(inherit ? { inherit } : {})}
        />
      </div>
      {children}
      <Field label={t.form.description} error={descriptionError}>
        {(field) => (
          <Textarea
            {...field}
            maxLength={5_000}
            value={values.description}
            onChange={(event) => set({ description: event.currentTarget.value })}
          />
        )}
      </Field>
    </>
  );
}
