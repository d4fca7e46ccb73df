import { Field } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { Input } from '@/components/ui/input';
import { SwitchField } from '@/components/ui/switch-field';
import { toast } from '@/components/ui/toast';
import { useForm } from '@/hooks/use-form';
import { t } from '@/messages/later';
import { useSavedReports, type SavedReport } from '../saved';

interface SavedReportDialogProps {
  /** Null saves what is shown. */
  saved: SavedReport | null;
  /** What is shown, as the URL has it after its question mark. */
  shown: string;
  onClose: () => void;
}

interface Values {
  name: string;
  shared: boolean;
  /** Whether what is shown takes the place of what was saved. */
  query: boolean;
}

/** The name of a saved report, whether others find it, and whether it becomes what is shown. */
export function SavedReportDialog({ saved, shown, onClose }: SavedReportDialogProps) {
  const { save, change } = useSavedReports();
  const words = t.reports.saved;
  const form = useForm<Values, SavedReport>({
    keep: `saved ${saved?.id}`,
    item: saved,
    toValues: (item) => ({ name: item?.name ?? '', shared: item?.shared ?? false, query: false }),
    codes: { invalid_name: 'name' },
    send: ({ values, changed, seen }) => {
      const { name, shared } = { ...values, name: values.name.trim() };
      if (!seen) return save({ name, shared, query: shown });
      const changes = {
        ...('name' in changed ? { name } : {}),
        ...('shared' in changed ? { shared } : {}),
        ...(values.query ? { query: shown } : {}),
      };
      return change({ report: seen, changes });
    },
    onDone: () => {
      onClose();
      toast.success(words.done);
    },
  });
  const { values, set } = form;
  return (
    <FormDialog
      form={form}
      fields={{
        name: { label: t.form.name },
        shared: { label: words.shared, format: (on: boolean) => (on ? t.form.yes : t.form.no) },
      }}
      title={saved ? words.change : words.saveShown}
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
            value={values.name}
            onChange={(event) => set({ name: event.currentTarget.value })}
          />
        )}
      </Field>
      <SwitchField
        id="saved-shared"
        label={words.shared}
        hint={words.sharedHint}
        checked={values.shared}
        onCheckedChange={(shared) => set({ shared })}
      />
      {saved && saved.query !== shown && (
        <SwitchField
          id="saved-query"
          label={words.replace}
          hint={words.replaceHint}
          checked={values.query}
          onCheckedChange={(query) => set({ query })}
        />
      )}
    </FormDialog>
  );
}
