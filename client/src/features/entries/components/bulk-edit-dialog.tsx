import { useTags } from '@/entities/catalog/catalog';
import { useBulkEditEntries } from '@/entities/entry/mutations';
import type { BulkChanges, Entry } from '@/api/types';
import { CategoryPicker } from '@/entities/entry/category-picker/category-picker';
import { TagChip } from '@/entities/catalog/tag-chip';
import { TagPicker } from '@/entities/catalog/tag-picker';
import { Field } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { Input } from '@/components/ui/input';
import { Segmented } from '@/components/ui/segmented';
import { useForm } from '@/hooks/use-form';
import { useReopen } from '@/hooks/use-reopen';
import { t } from '@/messages/later';

type Billable = 'keep' | 'yes' | 'no';

interface BulkEditDialogProps {
  entries: readonly Entry[];
  /** What was typed before and refused: {@link Values}. */
  typed?: object;
  onClose: () => void;
  onDone: () => void;
}

/** Changes several entries alike; what is left alone stays as each entry has it. */
export function BulkEditDialog({ entries, typed, onClose, onDone }: BulkEditDialogProps) {
  const bulk = useBulkEditEntries();
  const reopen = useReopen();
  const count = entries.length;
  const form = useForm<Values>({
    keep: 'bulk',
    typed,
    toValues: () => nothing,
    send: ({ values }) => bulk.send({ entries, changes: changesOf(values) }),
    onDone: () => {
      onClose();
      onDone();
    },
    queued: {
      refused: t.bulkEdit.refused(count),
      again: (values) => reopen({ dialog: 'bulk', entries, typed: values }),
    },
  });
  const { values, set } = form;

  return (
    <FormDialog
      form={form}
      title={t.bulkEdit.title(count)}
      description={t.bulkEdit.hint}
      submit={t.bulkEdit.submit(count)}
      disabled={Object.keys(changesOf(values)).length === 0}
      onClose={onClose}
    >
      <Field label={t.editor.category} error={form.fieldError('categoryId')}>
        {(field) => (
          <CategoryPicker {...field} value={values.categoryId} onPick={(categoryId) => set({ categoryId })} />
        )}
      </Field>
      <Field label={t.entry.description} error={form.fieldError('description')}>
        {(field) => (
          <Input
            {...field}
            value={values.description}
            maxLength={5_000}
            placeholder={t.bulkEdit.keepDescriptions}
            onChange={(event) => set({ description: event.currentTarget.value })}
          />
        )}
      </Field>
      <div className="grid grid-cols-2 gap-3">
        <TagsField
          label={t.bulkEdit.addTags}
          value={values.addTagIds}
          onChange={(addTagIds) => set({ addTagIds })}
        />
        <TagsField
          label={t.bulkEdit.removeTags}
          value={values.removeTagIds}
          onChange={(removeTagIds) => set({ removeTagIds })}
          existingOnly
        />
      </div>
      <div className="grid gap-1.5">
        <span className="text-sm font-medium">{t.entry.billable}</span>
        <Segmented<Billable>
          label={t.entry.billable}
          value={values.billable}
          onChange={(billable) => set({ billable })}
          options={[
            { value: 'keep', label: t.bulkEdit.keep },
            { value: 'yes', label: t.entry.billable },
            { value: 'no', label: t.entry.notBillable },
          ]}
        />
      </div>
    </FormDialog>
  );
}

interface Values {
  categoryId: string | null;
  description: string;
  billable: Billable;
  addTagIds: string[];
  removeTagIds: string[];
}

const nothing: Values = {
  categoryId: null,
  description: '',
  billable: 'keep',
  addTagIds: [],
  removeTagIds: [],
};

function changesOf({ categoryId, description, billable, addTagIds, removeTagIds }: Values): BulkChanges {
  return {
    ...(categoryId ? { categoryId } : {}),
    ...(description.trim() ? { description: description.trim() } : {}),
    ...(billable === 'keep' ? {} : { billable: billable === 'yes' }),
    ...(addTagIds.length > 0 ? { addTagIds } : {}),
    ...(removeTagIds.length > 0 ? { removeTagIds } : {}),
  };
}

interface TagsFieldProps {
  label: string;
  value: string[];
  onChange: (ids: string[]) => void;
  existingOnly?: boolean;
}

function TagsField({ label, value, onChange, existingOnly = false }: TagsFieldProps) {
  const { byId } = useTags();
  return (
    <div className="grid content-start gap-1.5">
      <span className="text-sm font-medium">{label}</span>
      <TagPicker
        value={value}
        onChange={onChange}
        existingOnly={existingOnly}
        trigger={
          <button
            type="button"
            aria-label={label}
            className="flex min-h-9 w-full flex-wrap items-center gap-1 rounded-lg border border-input bg-surface px-2 py-1 text-left text-sm hover:bg-muted"
          >
            {value.length === 0 ? (
              <span className="px-1 text-muted-foreground">{t.bulkEdit.none}</span>
            ) : (
              value.map((id) => {
                const tag = byId.get(id);
                return tag ? <TagChip key={id} tag={tag} /> : null;
              })
            )}
          </button>
        }
      />
    </div>
  );
}
