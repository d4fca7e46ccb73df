import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { body, http } from '@/api/http';
import { chooseWorkspace } from '@/api/session';
import { Section } from '@/components/section';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { Input } from '@/components/ui/input';
import { toast } from '@/components/ui/toast';
import { meQuery } from '@/entities/me/me';
import { useForm } from '@/hooks/use-form';
import { t } from '@/messages/account';
import { useConfirmed } from '../hooks/use-confirmed';

/** The end of a workspace, for its owners. */
export function DeleteWorkspace() {
  const workspace = useQuery(meQuery).data?.workspace;
  const [open, setOpen] = useState(false);
  if (!workspace) return null;
  return (
    <Section
      id="delete-workspace"
      title={t.deleteWorkspace.title}
      hint={t.deleteWorkspace.hint}
      action={
        <Button variant="ghost" className="text-danger" onClick={() => setOpen(true)}>
          {t.deleteWorkspace.more}
        </Button>
      }
    >
      {open && <DeleteOwn name={workspace.name} onClose={() => setOpen(false)} />}
    </Section>
  );
}

/** The one that the page shows. */
function DeleteOwn({ name, onClose }: { name: string; onClose: () => void }) {
  const navigate = useNavigate();
  return (
    <DeleteWorkspaceDialog
      name={name}
      remove={(typed) => body(http.DELETE('/api/workspace', { body: { name: typed } }))}
      onClose={onClose}
      onDone={() => {
        // Nothing on the page is of a workspace that is there.
        chooseWorkspace(null);
        void navigate({ to: '/', search: {} });
      }}
    />
  );
}

interface DeleteWorkspaceDialogProps {
  name: string;
  /** Deletes the workspace, with the name that was typed to confirm it. */
  remove: (typed: string) => Promise<unknown>;
  onClose: () => void;
  onDone?: () => void;
}

/** Asks for the name of a workspace before it is deleted. */
export function DeleteWorkspaceDialog({ name, remove, onClose, onDone }: DeleteWorkspaceDialogProps) {
  const { confirmed, question } = useConfirmed();
  const form = useForm<{ name: string }>({
    keep: null,
    toValues: () => ({ name: '' }),
    codes: { invalid_confirmation: 'name' },
    send: ({ values }) => confirmed(() => remove(values.name.trim())),
    onDone: () => {
      onClose();
      onDone?.();
      toast.success(t.deleteWorkspace.done(name));
    },
  });
  return (
    <FormDialog
      form={form}
      title={t.deleteWorkspace.question(name)}
      description={t.deleteWorkspace.lost}
      submit={t.deleteWorkspace.submit}
      destructive
      disabled={form.values.name.trim() === ''}
      onClose={onClose}
      className="sm:max-w-md"
    >
      <Field label={t.deleteWorkspace.name} hint={name} error={form.fieldError('name')}>
        {(field) => (
          <Input
            {...field}
            required
            autoComplete="off"
            maxLength={255}
            value={form.values.name}
            onChange={(event) => form.set({ name: event.currentTarget.value })}
          />
        )}
      </Field>
      {question}
    </FormDialog>
  );
}
