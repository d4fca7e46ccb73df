import { Button } from '@/components/ui/button';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { FormError } from '@/components/ui/form-dialog';
import { NativeSelect } from '@/components/ui/input';
import { SwitchField } from '@/components/ui/switch-field';
import { useForm } from '@/hooks/use-form';
import { t } from '@/messages/account';
import { keepPdfOptions, PAPERS, PDF_LANGUAGES, pdfOptions, type PdfOptions } from '../pdf';

interface PdfDialogProps {
  /** Saves the file; what it rejects with is shown here. */
  onSave: (options: PdfOptions) => Promise<void>;
  onClose: () => void;
}

/** How the report is set on paper. Nothing that is chosen here is lost with the dialog: it is as it was chosen the next time. */
export function PdfDialog({ onSave, onClose }: PdfDialogProps) {
  const form = useForm<PdfOptions>({
    keep: 'pdf',
    toValues: pdfOptions,
    send: ({ values }) => {
      keepPdfOptions(values);
      return onSave(values);
    },
    onDone: onClose,
  });
  const { values, set } = form;
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={t.pdf.title}
      className="sm:max-w-md"
    >
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          form.submit();
        }}
      >
        <Field label={t.pdf.paper} error={form.fieldError('paper')}>
          {(field) => (
            <NativeSelect
              {...field}
              value={values.paper}
              onChange={(event) => set({ paper: event.currentTarget.value as PdfOptions['paper'] })}
            >
              {PAPERS.map((paper) => (
                <option key={paper} value={paper}>
                  {t.pdf.papers[paper]}
                </option>
              ))}
            </NativeSelect>
          )}
        </Field>
        <Field label={t.pdf.language} error={form.fieldError('language')}>
          {(field) => (
            <NativeSelect
              {...field}
              value={values.language}
              onChange={(event) => set({ language: event.currentTarget.value as PdfOptions['language'] })}
            >
              {PDF_LANGUAGES.map((language) => (
                <option key={language} value={language}>
                  {t.pdf.languages[language]}
                </option>
              ))}
            </NativeSelect>
          )}
        </Field>
        <SwitchField
          id="pdf-signatures"
          label={t.pdf.signatures}
          hint={t.pdf.signaturesHint}
          checked={values.signatures}
          onCheckedChange={(signatures) => set({ signatures })}
        />
        <FormError error={form.formError} />
        <DialogActions className="mt-1">
          <Button onClick={onClose} className="max-sm:h-11">
            {t.action.cancel}
          </Button>
          <Button type="submit" variant="primary" disabled={form.busy} className="max-sm:h-11">
            {t.pdf.submit}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
