import { ListPlus } from 'lucide-react';
import { useRef } from 'react';
import { useCreateCategory } from '@/entities/catalog/catalog';
import { categories, useEdit } from '@/entities/catalog/edits';
import type { Category, Project } from '@/api/types';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { Textarea } from '@/components/ui/input';
import { useForm } from '@/hooks/use-form';
import { useKeptState } from '@/hooks/use-kept';
import { t } from '@/messages/later';
import { StructureFields, structureLabels, trimmed, type StructureValues } from './structure-fields';

interface CategoryDialogProps {
  project: Project;
  /** What is edited; null makes a new one. */
  category: Category | null;
  /** Under which a new one goes; null at the top. */
  parent: Category | null;
  onClose: () => void;
}

interface Values extends StructureValues {
  /** Names of several new ones, one per line. */
  names: string;
}

function valuesOf(category: Category | null): Values {
  return {
    name: category?.name ?? '',
    description: category?.description ?? '',
    color: category?.color ?? null,
    names: '',
  };
}

function linesOf(names: string): string[] {
  return names
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** Makes a category or several, or changes one. */
export function CategoryDialog({ project, category, parent, onClose }: CategoryDialogProps) {
  const create = useCreateCategory();
  const edit = useEdit(categories);
  const nameInput = useRef<HTMLInputElement>(null);
  const [several, setSeveral] = useKeptState('several', false);
  const nameField = several ? 'names' : 'name';
  /** How many were made before one was refused. */
  const [made, setMade] = useKeptState('made', 0);

  /** One after the other: what is made leaves the list, so that another attempt goes on with the rest. */
  const createAll = async ({ names, ...values }: Values) => {
    const { name, ...others } = trimmed(values);
    const all = several ? linesOf(names) : [name ?? ''];
    for (const [index, line] of all.entries()) {
      await create.mutateAsync({
        projectId: project.id,
        parentCategoryId: parent?.id ?? null,
        ...others,
        name: line,
      });
      if (!several) continue;
      form.set({ names: all.slice(index + 1).join('\n') });
      setMade((before) => before + 1);
    }
  };
  const form = useForm<Values, Category>({
    keep: `category ${category?.id}`,
    item: category,
    toValues: valuesOf,
    codes: { invalid_category_name: nameField, duplicate_category_name: nameField },
    send: ({ values, changed, seen }): Promise<unknown> => {
      if (!seen) return createAll(values);
      const { name, description, color } = changed;
      return edit.mutateAsync({
        item: seen,
        changes: trimmed({
          ...(name === undefined ? {} : { name }),
          ...(description === undefined ? {} : { description }),
          ...(color === undefined ? {} : { color }),
        }),
      });
    },
    onDone: onClose,
  });
  const lines = linesOf(form.values.names);
  const refused = form.fieldError('names');

  return (
    <FormDialog
      form={form}
      fields={structureLabels()}
      title={category ? t.categories.edit : parent ? t.categories.newIn(parent.name) : t.categories.new}
      submit={
        category ? t.action.save : several ? t.categories.createSeveral(lines.length) : t.categories.create
      }
      disabled={several && lines.length === 0}
      onClose={onClose}
      initialFocus={nameInput}
      actions={
        !category &&
        !several && (
          <Button
            variant="ghost"
            className="max-sm:h-11 sm:mr-auto sm:-ml-2"
            onClick={() => {
              const { name } = form.values;
              form.set({ name: '', names: name.trim() === '' ? '' : `${name.trim()}\n` });
              setSeveral(true);
            }}
          >
            <ListPlus aria-hidden /> {t.categories.several}
          </Button>
        )
      }
    >
      <StructureFields
        form={form}
        nameInput={nameInput}
        maxName={1_000}
        inherit={{ label: t.categories.projectColour, color: project.color }}
        names={
          several ? (
            <Field
              label={t.categories.names}
              hint={made > 0 && !form.busy ? t.categories.someMade(made) : t.categories.namesHint}
              // What is refused is the first of those that are left.
              error={
                refused &&
                [lines[0] && t.categories.refused(lines[0], refused), made > 0 && t.categories.someMade(made)]
                  .filter(Boolean)
                  .join(' ')
              }
            >
              {(field) => (
                <Textarea
                  {...field}
                  rows={6}
                  // The field takes the place of the one that had the focus.
                  // eslint-disable-next-line jsx-a11y/no-autofocus
                  autoFocus
                  value={form.values.names}
                  onChange={(event) => form.set({ names: event.currentTarget.value })}
                />
              )}
            </Field>
          ) : undefined
        }
      />
    </FormDialog>
  );
}
