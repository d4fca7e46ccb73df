import { useBlocker } from '@tanstack/react-router';
import { useEffect, useState, type ComponentProps, type ReactNode, type RefObject } from 'react';
import { ApiError, errorMessage, needsReload } from '@/api/errors';
import type { Form } from '@/hooks/use-form';
import { holdUnsaved } from '@/lib/unsaved';
import { ReloadButton } from '../reload-button';
import { Button } from './button';
import { ConfirmDialog } from './confirm-dialog';
import { ConflictNotice } from './conflict-notice';
import { Dialog, DialogActions } from './dialog';
import { t } from '@/messages/later';

/** Why a form was not saved, where that belongs to none of its fields. */
export function FormError({ error, children }: { error: unknown; children?: ReactNode }) {
  if (error === null) return null;
  return (
    <p role="alert" className="rounded-lg bg-danger-soft px-3 py-2 text-sm text-danger">
      {errorMessage(error)}
      {children}
      {needsReload(error) && <ReloadButton className="mt-2 flex" />}
      {error instanceof ApiError && error.requestId && (
        <span className="block text-xs opacity-80">{t.state.errorId(error.requestId)}</span>
      )}
    </p>
  );
}

/** Asks before the page is left or reloaded that has something which is not saved. */
export function useKeepUntilSaved({ isDirty, isSaved }: Pick<Form<object>, 'isDirty' | 'isSaved'>) {
  useEffect(() => {
    if (!isDirty) return;
    const release = holdUnsaved();
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => {
      release();
      window.removeEventListener('beforeunload', ask);
    };
  }, [isDirty]);
  return useBlocker({
    shouldBlockFn: () => isDirty && !isSaved(),
    enableBeforeUnload: false,
    disabled: !isDirty,
    withResolver: true,
  });
}

interface DiscardQuestionProps {
  open: boolean;
  onKeep: () => void;
  onDiscard: () => void;
}

export function DiscardQuestion({ open, onKeep, onDiscard }: DiscardQuestionProps) {
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={(next) => {
        if (!next) onKeep();
      }}
      title={t.form.discardTitle}
      cancel={t.form.keepEditing}
      confirm={t.form.discard}
      onConfirm={onDiscard}
    >
      {t.form.discardHint}
    </ConfirmDialog>
  );
}

interface FormDialogProps<Values extends object> {
  form: Form<Values>;
  /** What the fields are called where a conflict names them. */
  fields?: ComponentProps<typeof ConflictNotice<Values>>['fields'];
  title: ReactNode;
  description?: ReactNode;
  /** What the button says that saves. */
  submit: string;
  /** What the button does cannot be undone. */
  destructive?: boolean;
  /** Something is missing that the form itself does not ask for. */
  disabled?: boolean;
  onClose: () => void;
  /** Instead of sending at once: looks first whether the form is complete. */
  onSubmit?: () => void;
  initialFocus?: RefObject<HTMLElement | null>;
  className?: string;
  /** Stands beside the buttons. */
  actions?: ReactNode;
  children: ReactNode;
}

/** A form in a dialog. It goes when it is saved or cancelled; otherwise it asks what is to become of what was typed. */
export function FormDialog<Values extends object>({
  form,
  fields = {},
  title,
  description,
  submit,
  destructive = false,
  disabled = false,
  onClose,
  onSubmit = form.submit,
  initialFocus,
  className,
  actions,
  children,
}: FormDialogProps<Values>) {
  const [asks, setAsks] = useState(false);
  const blocker = useKeepUntilSaved(form);
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (open) return;
        if (form.isDirty) setAsks(true);
        else onClose();
      }}
      title={title}
      description={description}
      className={className}
      {...(initialFocus ? { initialFocus } : {})}
    >
      <form
        className="grid grid-cols-1 gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit();
        }}
      >
        {children}
        <ConflictNotice form={form} fields={fields} />
        <FormError error={form.formError} />
        <DialogActions className="mt-1">
          {actions}
          <Button onClick={onClose} className="max-sm:h-11">
            {t.action.cancel}
          </Button>
          <Button
            type="submit"
            variant={destructive ? 'danger' : 'primary'}
            disabled={disabled || form.busy}
            className="max-sm:h-11"
          >
            {submit}
          </Button>
        </DialogActions>
      </form>
      <DiscardQuestion
        open={asks || blocker.status === 'blocked'}
        onKeep={() => {
          setAsks(false);
          blocker.reset?.();
        }}
        onDiscard={() => {
          setAsks(false);
          if (blocker.status === 'blocked') blocker.proceed();
          else onClose();
        }}
      />
    </Dialog>
  );
}
