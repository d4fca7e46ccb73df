import { Ellipsis, Pencil, Plus, Trash2 } from 'lucide-react';
import type { ReactNode } from 'react';
import { errorMessage } from '@/api/errors';
import { useForm } from '@/hooks/use-form';
import { useKeptState } from '@/hooks/use-kept';
import { DeleteDialog } from '@/components/delete-dialog';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { Input } from '@/components/ui/input';
import { Menu, type MenuItem } from '@/components/ui/menu';
import { t } from '@/messages/later';

const NAME_CODES = {
  invalid_client_name: 'name',
  duplicate_client_name: 'name',
  invalid_tag_name: 'name',
  duplicate_tag_name: 'name',
} as const;

interface NewNameProps {
  label: string;
  placeholder: string;
  onCreate: (name: string) => Promise<unknown>;
}

/** One line in which a name becomes a client or a tag. */
export function NewName({ label, placeholder, onCreate }: NewNameProps) {
  const form = useForm({
    keep: 'new',
    toValues: () => ({ name: '' }),
    codes: NAME_CODES,
    send: ({ values }) => onCreate(values.name.trim()),
    onDone: () => form.set({ name: '' }),
  });
  const { name } = form.values;
  const error = form.fieldError('name') ?? (form.formError === null ? null : errorMessage(form.formError));
  return (
    <form
      className="mb-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() !== '') form.submit();
      }}
    >
      <Field label={<span className="sr-only">{label}</span>} error={error}>
        {(field) => (
          <div className="flex gap-2">
            <Input
              {...field}
              value={name}
              maxLength={255}
              placeholder={placeholder}
              onChange={(event) => form.set({ name: event.currentTarget.value })}
            />
            <Button type="submit" variant="primary" disabled={name.trim() === '' || form.busy}>
              <Plus aria-hidden /> {t.names.add}
            </Button>
          </div>
        )}
      </Field>
    </form>
  );
}

/** A client or a tag, as it was seen. */
interface Named {
  id: string;
  name: string;
  updatedAt: string;
}

interface NamedRowProps<Item extends Named> {
  item: Item;
  note?: ReactNode;
  /** The name as a link to its page, where it has one. */
  heading?: ReactNode;
  /** How much it is used, with a link to that. */
  use?: ReactNode;
  icon: ReactNode;
  /** The user may not change it. */
  fixed: boolean;
  /** Further entries of the menu. */
  menu?: readonly MenuItem[];
  onRename: (seen: Item, name: string) => Promise<unknown>;
  onDelete: (seen: Item) => Promise<unknown>;
  deleteNote: string;
}

/** A client or a tag: renamed and deleted by its menu. */
export function NamedRow<Item extends Named>({
  item,
  note,
  heading,
  use,
  icon,
  fixed,
  menu = [],
  onRename,
  onDelete,
  deleteNote,
}: NamedRowProps<Item>) {
  const { name } = item;
  const [open, setOpen] = useKeptState<'rename' | 'delete' | null>(`dialog ${item.id}`, null);
  const close = () => setOpen(null);
  return (
    <li aria-label={name} className="flex items-center gap-3 py-2 pr-2 pl-4 hover:bg-muted/40">
      <span className="text-muted-foreground [&_svg]:size-4">{icon}</span>
      <span className="flex min-w-0 flex-1 flex-col sm:flex-row sm:items-baseline sm:gap-3">
        <bdi className="truncate text-sm font-medium">{heading ?? name}</bdi>
        <span className="truncate text-[0.8125rem] text-muted-foreground">{note}</span>
      </span>
      {use}
      {!fixed && (
        <Menu
          trigger={
            <Button variant="ghost" size="icon-sm" aria-label={t.entry.more(name)}>
              <Ellipsis aria-hidden />
            </Button>
          }
          items={[
            { label: t.form.rename, icon: <Pencil aria-hidden />, onClick: () => setOpen('rename') },
            ...menu,
            null,
            {
              label: t.form.deleteMore,
              icon: <Trash2 aria-hidden />,
              danger: true,
              onClick: () => setOpen('delete'),
            },
          ]}
        />
      )}
      {open === 'rename' && <RenameDialog item={item} onRename={onRename} onClose={close} />}
      {open === 'delete' && (
        <DeleteDialog name={name} confirm={t.names.delete} onDelete={() => onDelete(item)} onClose={close}>
          {deleteNote}
        </DeleteDialog>
      )}
    </li>
  );
}

interface RenameDialogProps<Item extends Named> {
  item: Item;
  onRename: (seen: Item, name: string) => Promise<unknown>;
  onClose: () => void;
}

function RenameDialog<Item extends Named>({ item, onRename, onClose }: RenameDialogProps<Item>) {
  const form = useForm<{ name: string }, Item>({
    keep: `name ${item.id}`,
    item,
    toValues: (named) => ({ name: named?.name ?? '' }),
    codes: NAME_CODES,
    send: ({ values, seen }) => onRename(seen ?? item, values.name.trim()),
    onDone: onClose,
  });
  return (
    <FormDialog
      form={form}
      fields={{ name: { label: t.form.name } }}
      title={t.form.renameTitle(item.name)}
      submit={t.action.save}
      onClose={onClose}
      className="sm:max-w-md"
    >
      <Field label={t.form.name} error={form.fieldError('name')}>
        {(field) => (
          <Input
            {...field}
            required
            maxLength={255}
            value={form.values.name}
            onChange={(event) => form.set({ name: event.currentTarget.value })}
          />
        )}
      </Field>
    </FormDialog>
  );
}
