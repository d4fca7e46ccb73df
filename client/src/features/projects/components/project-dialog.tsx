import { useRef } from 'react';
import { useCatalog, useCreateClient, useCreateProject } from '@/entities/catalog/catalog';
import { projects, useEdit } from '@/entities/catalog/edits';
import type { Project } from '@/api/types';
import { ColorPicker } from '@/components/color-picker';
import { Field } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { Input, NativeSelect, Textarea } from '@/components/ui/input';
import { Switch } from '@/components/ui/switch';
import { useForm } from '@/hooks/use-form';
import { palette } from '@/lib/colors';
import { t } from '@/messages/later';

const NEW_CLIENT = 'new';

interface ProjectDialogProps {
  /** Null makes a new one. */
  project: Project | null;
  onClose: () => void;
  onMade?: (project: Project) => void;
}

interface Values {
  name: string;
  description: string;
  color: string;
  /** An id, nothing, or {@link NEW_CLIENT}. */
  clientId: string;
  clientName: string;
  billable: boolean;
}

/** Makes a project or changes one. */
export function ProjectDialog({ project, onClose, onMade }: ProjectDialogProps) {
  const catalog = useCatalog().data;
  const createProject = useCreateProject();
  const createClient = useCreateClient();
  const edit = useEdit(projects);
  const nameInput = useRef<HTMLInputElement>(null);
  const made = useRef<Project | null>(null);
  const count = catalog?.projects.length ?? 0;

  const form = useForm<Values, Project>({
    item: project,
    toValues: (item) => ({
      name: item?.name ?? '',
      description: item?.description ?? '',
      color: item?.color ?? palette[count % palette.length]?.value ?? palette[0].value,
      clientId: item?.clientId ?? '',
      clientName: '',
      billable: item?.billable ?? false,
    }),
    codes: {
      invalid_project_name: 'name',
      invalid_client_name: 'clientName',
      duplicate_client_name: 'clientName',
    },
    send: async ({ values, changed, seen }) => {
      const client = await clientOf(values);
      const all = {
        name: values.name.trim(),
        description: values.description.trim() || null,
        color: values.color,
        clientId: client,
        billable: values.billable,
      };
      if (seen) {
        const changes = Object.fromEntries(Object.entries(all).filter(([name]) => name in changed));
        return edit.mutateAsync({ item: seen, changes });
      }
      made.current = await createProject.mutateAsync(all);
      return made.current;
    },
    onDone: () => {
      onClose();
      if (made.current) onMade?.(made.current);
    },
  });
  const { values, set } = form;

  const clientOf = async ({ clientId, clientName }: Values): Promise<string | null> => {
    if (clientId !== NEW_CLIENT) return clientId || null;
    if (clientName.trim() === '') return null;
    const { id } = await createClient.mutateAsync(clientName.trim());
    // It stays made when the project is refused: the next attempt uses it.
    set({ clientId: id, clientName: '' });
    return id;
  };

  return (
    <FormDialog
      form={form}
      fields={{
        name: { label: t.form.name },
        description: { label: t.form.description },
        color: { label: t.form.colour },
        clientId: {
          label: t.projects.client,
          format: (id) => catalog?.client(id)?.name ?? t.projects.noClient,
        },
        billable: { label: t.entry.billable, format: (billable) => (billable ? t.form.yes : t.form.no) },
      }}
      title={project ? t.projects.edit : t.projects.new}
      submit={project ? t.action.save : t.projects.create}
      onClose={onClose}
      initialFocus={nameInput}
    >
      <Field label={t.form.name} error={form.fieldError('name')}>
        {(field) => (
          <Input
            {...field}
            ref={nameInput}
            required
            maxLength={255}
            value={values.name}
            onChange={(event) => set({ name: event.currentTarget.value })}
          />
        )}
      </Field>
      <div className="grid gap-1.5">
        <span className="text-sm font-medium">{t.form.colour}</span>
        <ColorPicker
          label={t.form.colour}
          value={values.color}
          onChange={(color) => color && set({ color })}
        />
      </div>
      <Field label={t.projects.client} error={form.fieldError('clientId')}>
        {(field) => (
          <NativeSelect
            {...field}
            value={values.clientId}
            onChange={(event) => set({ clientId: event.currentTarget.value })}
          >
            <option value="">{t.projects.noClient}</option>
            {catalog?.clients
              .filter((client) => !client.archived || client.id === project?.clientId)
              .map((client) => (
                <option key={client.id} value={client.id}>
                  {client.name}
                </option>
              ))}
            <option value={NEW_CLIENT}>{t.projects.newClient}</option>
          </NativeSelect>
        )}
      </Field>
      {values.clientId === NEW_CLIENT && (
        <Field label={t.projects.newClientName} error={form.fieldError('clientName')}>
          {(field) => (
            <Input
              {...field}
              required
              maxLength={255}
              value={values.clientName}
              onChange={(event) => set({ clientName: event.currentTarget.value })}
            />
          )}
        </Field>
      )}
      <Field label={t.form.description} error={form.fieldError('description')}>
        {(field) => (
          <Textarea
            {...field}
            maxLength={5_000}
            value={values.description}
            onChange={(event) => set({ description: event.currentTarget.value })}
          />
        )}
      </Field>
      <label
        className="flex items-center justify-between gap-4 text-sm font-medium"
        htmlFor="project-billable"
      >
        <span>
          {t.entry.billable}
          <span className="block text-[0.8125rem] font-normal text-muted-foreground">
            {t.projects.billableHint}
          </span>
        </span>
        <Switch
          id="project-billable"
          checked={values.billable}
          onCheckedChange={(billable) => set({ billable })}
        />
      </label>
    </FormDialog>
  );
}
