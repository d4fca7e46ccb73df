import { Ellipsis, Pencil, Plus, Trash2 } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { errorMessage, isApiError } from '@/api/errors';
import { Button } from './ui/button';
import { ConfirmDialog } from './ui/confirm-dialog';
import { Dialog, DialogActions } from './ui/dialog';
import { Field } from './ui/field';
import { Input } from './ui/input';
import { Menu, type MenuItem } from './ui/menu';

/** Why a name was refused. */
function nameError(reason: unknown): string {
  return (isApiError(reason) ? reason.field('name') : undefined) ?? errorMessage(reason);
}

interface NewNameProps {
  label: string;
  placeholder: string;
  onCreate: (name: string) => Promise<unknown>;
}

/** One line in which a name becomes a client or a tag. */
export function NewName({ label, placeholder, onCreate }: NewNameProps) {
  const [name, setName] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const create = async () => {
    setBusy(true);
    setError(null);
    try {
      await onCreate(name.trim());
      setName('');
    } catch (reason) {
      setError(nameError(reason));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      className="mb-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() !== '' && !busy) void create();
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
              onChange={(event) => {
                setName(event.currentTarget.value);
                setError(null);
              }}
            />
            <Button type="submit" variant="primary" disabled={name.trim() === '' || busy}>
              <Plus aria-hidden /> Add
            </Button>
          </div>
        )}
      </Field>
    </form>
  );
}

interface NamedRowProps {
  name: string;
  note?: ReactNode;
  icon: ReactNode;
  /** Further entries of the menu. */
  menu?: readonly MenuItem[];
  onRename: (name: string) => Promise<unknown>;
  onDelete: () => Promise<unknown>;
  deleteNote: string;
}

/** A client or a tag: renamed and deleted by its menu. */
export function NamedRow({ name, note, icon, menu = [], onRename, onDelete, deleteNote }: NamedRowProps) {
  const [open, setOpen] = useState<'rename' | 'delete' | null>(null);
  const close = () => setOpen(null);
  return (
    <li aria-label={name} className="flex items-center gap-3 py-2 pr-2 pl-4 hover:bg-muted/40">
      <span className="text-muted-foreground [&_svg]:size-4">{icon}</span>
      <span className="min-w-0 flex-1 truncate text-sm font-medium">{name}</span>
      <span className="text-[0.8125rem] text-muted-foreground">{note}</span>
      <Menu
        trigger={
          <Button variant="ghost" size="icon-sm" aria-label={`More for ${name}`}>
            <Ellipsis aria-hidden />
          </Button>
        }
        items={[
          { label: 'Rename…', icon: <Pencil aria-hidden />, onClick: () => setOpen('rename') },
          ...menu,
          null,
          { label: 'Delete…', icon: <Trash2 aria-hidden />, danger: true, onClick: () => setOpen('delete') },
        ]}
      />
      {open === 'rename' && <RenameDialog name={name} onRename={onRename} onClose={close} />}
      {open === 'delete' && (
        <DeleteDialog name={name} note={deleteNote} onDelete={onDelete} onClose={close} />
      )}
    </li>
  );
}

function RenameDialog({
  name,
  onRename,
  onClose,
}: {
  name: string;
  onRename: (name: string) => Promise<unknown>;
  onClose: () => void;
}) {
  const [text, setText] = useState(name);
  const [error, setError] = useState<string | null>(null);
  const save = async () => {
    try {
      await onRename(text.trim());
      onClose();
    } catch (reason) {
      setError(nameError(reason));
    }
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={`Rename ${name}`}
      className="sm:max-w-md"
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <Field label="Name" error={error}>
          {(field) => (
            <Input
              {...field}
              required
              maxLength={255}
              value={text}
              onChange={(event) => setText(event.currentTarget.value)}
            />
          )}
        </Field>
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary">
            Save
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

interface DeleteDialogProps {
  name: string;
  note: string;
  onDelete: () => Promise<unknown>;
  onClose: () => void;
}

function DeleteDialog({ name, note, onDelete, onClose }: DeleteDialogProps) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const remove = async () => {
    setBusy(true);
    try {
      await onDelete();
      onClose();
    } catch (reason) {
      setError(errorMessage(reason));
      setBusy(false);
    }
  };
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={`Delete ${name}?`}
      confirm="Delete"
      busy={busy}
      error={error}
      onConfirm={() => void remove()}
    >
      {note}
    </ConfirmDialog>
  );
}
