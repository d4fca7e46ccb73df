import { ListPlus } from 'lucide-react';
import { useRef, useState } from 'react';
import { ApiError } from '@/api/errors';
import { useCatalog, useCreateCategory } from '@/entities/catalog/catalog';
import { CATEGORIES_AT_ONCE, useCreateCategories } from '@/entities/catalog/create-categories';
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

/** How many refused lines are said at once. */
const REFUSED_SHOWN = 3;

/** What the server says about single lines, which it names by their places. */
function refusedLines(error: unknown, lines: string[]): string {
  if (!(error instanceof ApiError)) return '';
  const said = error.fields.flatMap(({ field }) => {
    const line = lines[Number(/^categories\[(\d+)\]/.exec(field)?.[1])];
    const reason = error.field(field);
    return line && reason ? [t.categories.refused(line, reason)] : [];
  });
  return said.slice(0, REFUSED_SHOWN).join(' ');
}

/** Makes a category or several, or changes one. */
export function CategoryDialog({ project, category, parent, onClose }: CategoryDialogProps) {
  const { data: catalog } = useCatalog();
  const create = useCreateCategory();
  const createSeveral = useCreateCategories();
  const edit = useEdit(categories);
  const nameInput = useRef<HTMLInputElement>(null);
  const [several, setSeveral] = useKeptState('several', false);
  const nameField = several ? 'names' : 'name';
  /** What is wrong with single lines of the last attempt. */
  const [refusals, setRefusals] = useState('');

  const place = { projectId: project.id, parentCategoryId: parent?.id ?? null };
  const createOne = ({ name, description, color }: Values) =>
    create.mutateAsync({ ...place, ...trimmed({ description, color }), name: name.trim() });
  /** All or none, so that another attempt is about the same lines. */
  const createAll = async ({ names, description, color }: Values) => {
    const all = linesOf(names);
    const shared = trimmed({ description, color });
    try {
      await createSeveral.mutateAsync({ ...place, categories: all.map((name) => ({ ...shared, name })) });
    } catch (error) {
      setRefusals(refusedLines(error, all));
      throw error;
    }
  };
  const form = useForm<Values, Category>({
    keep: `category ${category?.id}`,
    item: category,
    toValues: valuesOf,
    codes: { invalid_category_name: nameField, duplicate_category_name: nameField },
    send: ({ values, changed, seen }): Promise<unknown> => {
      if (!seen) return several ? createAll(values) : createOne(values);
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
  const isTooMany = lines.length > CATEGORIES_AT_ONCE;
  const above = catalog?.place(parent?.id ?? category?.parentCategoryId ?? '');
  const refused = form.fieldError('names');

  return (
    <FormDialog
      form={form}
      fields={structureLabels()}
      title={category ? t.categories.edit : parent ? t.categories.newIn(parent.name) : t.categories.new}
      submit={
        category ? t.action.save : several ? t.categories.createSeveral(lines.length) : t.categories.create
      }
      disabled={several && (lines.length === 0 || isTooMany)}
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
        inherit={
          above
            ? { label: t.categories.parentColour(above.category.name), color: above.color }
            : { label: t.categories.projectColour, color: project.color }
        }
        names={
          several ? (
            <Field
              label={t.categories.names}
              hint={t.categories.namesHint(CATEGORIES_AT_ONCE)}
              error={
                isTooMany
                  ? t.categories.tooMany(lines.length, CATEGORIES_AT_ONCE)
                  : refused && (refusals || refused)
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
