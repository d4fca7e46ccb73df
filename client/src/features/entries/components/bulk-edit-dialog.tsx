import { useState } from 'react';
import { useTags } from '@/api/catalog';
import { errorMessage } from '@/api/errors';
import { useBulkEditEntries } from '@/api/time-mutations';
import type { BulkChanges, Entry } from '@/api/types';
import { CategoryPicker } from '@/components/category-picker/category-picker';
import { TagChip } from '@/components/tag-chip';
import { TagPicker } from '@/components/tag-picker';
import { Button } from '@/components/ui/button';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Segmented } from '@/components/ui/segmented';
import { toast } from '@/components/ui/toast';
import { finishDialog } from '@/hooks/finish-dialog';

type Billable = 'keep' | 'yes' | 'no';

interface BulkEditDialogProps {
  entries: readonly Entry[];
  onClose: () => void;
  onDone: () => void;
}

/** Changes several entries alike; what is left alone stays as each entry has it. */
export function BulkEditDialog({ entries, onClose, onDone }: BulkEditDialogProps) {
  const bulk = useBulkEditEntries();
  const [categoryId, setCategoryId] = useState<string | null>(null);
  const [description, setDescription] = useState('');
  const [billable, setBillable] = useState<Billable>('keep');
  const [addTagIds, setAddTagIds] = useState<string[]>([]);
  const [removeTagIds, setRemoveTagIds] = useState<string[]>([]);

  const changes: BulkChanges = {
    ...(categoryId ? { categoryId } : {}),
    ...(description.trim() ? { description: description.trim() } : {}),
    ...(billable === 'keep' ? {} : { billable: billable === 'yes' }),
    ...(addTagIds.length > 0 ? { addTagIds } : {}),
    ...(removeTagIds.length > 0 ? { removeTagIds } : {}),
  };
  const nothing = Object.keys(changes).length === 0;
  const what = entries.length === 1 ? '1 entry' : `${entries.length} entries`;

  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={`Edit ${what}`}
      description="What you leave empty stays as it is."
    >
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          finishDialog(bulk.send({ entries, changes }), {
            onClose: () => {
              onClose();
              onDone();
            },
            onSuccess: () => toast.success(`${what} changed`),
            // Said above the buttons.
            onError: () => undefined,
            refused: `${what} not changed`,
          });
        }}
      >
        <Field label="Category">
          {(field) => <CategoryPicker {...field} value={categoryId} onPick={setCategoryId} />}
        </Field>
        <Field label="Description">
          {(field) => (
            <Input
              {...field}
              value={description}
              maxLength={5_000}
              placeholder="Keep each description"
              onChange={(event) => setDescription(event.currentTarget.value)}
            />
          )}
        </Field>
        <div className="grid grid-cols-2 gap-3">
          <TagsField label="Add tags" value={addTagIds} onChange={setAddTagIds} />
          <TagsField label="Remove tags" value={removeTagIds} onChange={setRemoveTagIds} existingOnly />
        </div>
        <div className="grid gap-1.5">
          <span className="text-sm font-medium">Billable</span>
          <Segmented<Billable>
            label="Billable"
            value={billable}
            onChange={setBillable}
            options={[
              { value: 'keep', label: 'Keep' },
              { value: 'yes', label: 'Billable' },
              { value: 'no', label: 'Not billable' },
            ]}
          />
        </div>
        {bulk.error && (
          <p role="alert" className="rounded-lg bg-danger-soft px-3 py-2 text-sm text-danger">
            {errorMessage(bulk.error)} Nothing was changed.
          </p>
        )}
        <DialogActions className="mt-1">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={nothing || bulk.isPending}>
            Change {what}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
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
              <span className="px-1 text-muted-foreground">None</span>
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
