import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { body, http } from '@/api/http';
import { keys } from '@/api/keys';
import type { Schemas } from '@/api/types';
import { Section } from '@/components/section';
import { ErrorState } from '@/components/states';
import { Button } from '@/components/ui/button';
import { FormDialog } from '@/components/ui/form-dialog';
import { SkeletonRows } from '@/components/ui/skeleton';
import { toast } from '@/components/ui/toast';
import { useTimeZone } from '@/entities/me/me';
import { useForm } from '@/hooks/use-form';
import { formatMoment } from '@/lib/time/moment';
import { t } from '@/messages/account';
import { useConfirmed } from '../hooks/use-confirmed';

/** The way to the deletion of the account, and to what becomes of its workspaces. */
export function DeleteAccount({ onRequested }: { onRequested: () => void }) {
  const [open, setOpen] = useState(false);
  return (
    <Section
      id="delete-account"
      title={t.deleteAccount.title}
      hint={t.deleteAccount.hint}
      action={
        <Button variant="ghost" className="text-danger" onClick={() => setOpen(true)}>
          {t.deleteAccount.more}
        </Button>
      }
    >
      {open && <DeletionDialog onClose={() => setOpen(false)} onRequested={onRequested} />}
    </Section>
  );
}

const previewKey = ['account-deletion'] as const;

interface DeletionDialogProps {
  onClose: () => void;
  onRequested: () => void;
}

function DeletionDialog({ onClose, onRequested }: DeletionDialogProps) {
  const client = useQueryClient();
  const { confirmed, question } = useConfirmed();
  const preview = useQuery({
    queryKey: previewKey,
    queryFn: ({ signal }) => body(http.GET('/api/auth/deletion', { signal })),
    refetchOnMount: 'always',
    // An older answer may name a workspace that has an owner by now.
    gcTime: 0,
  });
  const form = useForm<Record<never, never>>({
    keep: null,
    toValues: () => ({}),
    send: () =>
      confirmed(() => body(http.POST('/api/auth/deletion'))).catch((error: unknown) => {
        void client.invalidateQueries({ queryKey: previewKey });
        throw error;
      }),
    onDone: () => {
      onRequested();
      onClose();
      void client.invalidateQueries({ queryKey: keys.authSession });
      void client.invalidateQueries({ queryKey: keys.sessions });
    },
  });
  const { data } = preview;
  const isHeldBack =
    data === undefined ||
    data.lastAdministrator ||
    data.workspaces.some(({ fate }) => fate === 'needs_owner');
  return (
    <FormDialog
      form={form}
      title={t.deleteAccount.question}
      description={t.deleteAccount.lead}
      submit={t.deleteAccount.submit}
      destructive
      disabled={isHeldBack}
      onClose={onClose}
    >
      {data ? (
        <Fates preview={data} />
      ) : preview.isError ? (
        <ErrorState error={preview.error} onRetry={() => void preview.refetch()} />
      ) : (
        <SkeletonRows rows={2} label={t.deleteAccount.loading} />
      )}
      {question}
    </FormDialog>
  );
}

/** What keeps the account from being deleted comes first. */
const FATES = [
  { fate: 'needs_owner', words: 'needsOwner' },
  { fate: 'deleted', words: 'deleted' },
  { fate: 'stays', words: 'stays' },
] as const;

function Fates({ preview }: { preview: Schemas['AccountDeletion'] }) {
  return (
    <div className="grid gap-3 text-sm">
      {preview.lastAdministrator && (
        <p role="alert" className="rounded-lg bg-warning-soft px-3 py-2 text-warning">
          {t.deleteAccount.lastAdministrator}
        </p>
      )}
      {FATES.map(({ fate, words }) => {
        const workspaces = preview.workspaces.filter((workspace) => workspace.fate === fate);
        if (workspaces.length === 0) return null;
        return (
          <div
            key={fate}
            role={fate === 'needs_owner' ? 'alert' : undefined}
            className={
              fate === 'needs_owner' ? 'rounded-lg bg-warning-soft px-3 py-2 text-warning' : undefined
            }
          >
            <p id={`fate-${fate}`}>{t.deleteAccount[words]}</p>
            <ul aria-labelledby={`fate-${fate}`} className="mt-1 list-disc pl-5 font-medium">
              {workspaces.map(({ id, name }) => (
                <li key={id} className="break-words">
                  <bdi>{name}</bdi>
                </li>
              ))}
            </ul>
          </div>
        );
      })}
    </div>
  );
}

/** What the user has just done is said at the top of the page, and the button of it is gone. */
function focusInView(notice: HTMLElement | null): void {
  notice?.focus();
}

interface DeletionNoticeProps {
  /** When the account is deleted; null when that was undone on this page. */
  dueAt: string | null;
  /** What has just been requested is said at once. */
  focuses: boolean;
  onUndone: () => void;
}

/** The account is going to be deleted, which its user can undo. */
export function DeletionNotice({ dueAt, focuses, onUndone }: DeletionNoticeProps) {
  const client = useQueryClient();
  const zone = useTimeZone();
  const undo = useMutation({
    mutationFn: () => body(http.DELETE('/api/auth/deletion')),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: keys.authSession });
      onUndone();
    },
    onError: (error) => toast.error(error, { title: t.deleteAccount.notUndone }),
  });
  if (dueAt === null)
    return (
      <p
        role="status"
        tabIndex={-1}
        ref={focusInView}
        className="mb-5 rounded-xl bg-accent px-4 py-3 text-sm font-medium text-accent-foreground outline-none"
      >
        {t.deleteAccount.undone}
      </p>
    );
  return (
    <div
      role="status"
      tabIndex={-1}
      ref={focuses ? focusInView : null}
      className="mb-5 flex flex-wrap items-center gap-x-4 gap-y-3 rounded-xl bg-warning-soft px-4 py-3 text-sm text-warning outline-none"
    >
      <TriangleAlert aria-hidden className="size-5 shrink-0" />
      <p className="min-w-0 flex-1 basis-60">
        <span className="font-medium">{t.deleteAccount.due(formatMoment(dueAt, zone))}</span>{' '}
        {t.deleteAccount.dueHint}
      </p>
      <Button variant="primary" disabled={undo.isPending} onClick={() => undo.mutate()}>
        {t.deleteAccount.undo}
      </Button>
    </div>
  );
}
