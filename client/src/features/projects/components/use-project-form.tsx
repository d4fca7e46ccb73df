import { useRef } from 'react';
import { useCatalog, useCreateClient, useCreateProject } from '@/entities/catalog/catalog';
import { projects, useEdit } from '@/entities/catalog/edits';
import type { Project } from '@/api/types';
import { Field } from '@/components/ui/field';
import { Input, NativeSelect } from '@/components/ui/input';
import { SwitchField } from '@/components/ui/switch-field';
import { useForm, type Form } from '@/hooks/use-form';
import { palette } from '@/lib/colors';
import { t } from '@/messages/later';
import { structureLabels, type StructureValues } from './structure-fields';

const NEW_CLIENT = 'new';

export interface ProjectValues extends StructureValues {
  /** An id, nothing, or {@link NEW_CLIENT}. */
  clientId: string;
  clientName: string;
  billable: boolean;
}

interface ProjectFormOptions {
  /** Null makes a new one. */
  project: Project | null;
  /** It is saved; a new one is told. */
  onDone: (made: Project | null) => void;
}

/** The form of a project, in a dialog or on its page. */
export function useProjectForm({ project, onDone }: ProjectFormOptions) {
  const catalog = useCatalog().data;
  const createProject = useCreateProject();
  const createClient = useCreateClient();
  const edit = useEdit(projects);
  const made = useRef<Project | null>(null);
  const count = catalog?.projects.length ?? 0;

  const form = useForm<ProjectValues, Project>({
    keep: `project ${project?.id}`,
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
    send: async ({ values, changed, seen, replace }) => {
      const client = await clientOf(values, replace);
      const all = {
        name: values.name.trim(),
        description: values.description.trim() || null,
        ...(values.color === null ? {} : { color: values.color }),
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
    onDone: () => onDone(made.current),
  });

  const clientOf = async (
    { clientId, clientName }: ProjectValues,
    replace: (changes: Partial<ProjectValues>) => void,
  ): Promise<string | null> => {
    if (clientId !== NEW_CLIENT) return clientId || null;
    if (clientName.trim() === '') return null;
    const { id } = await createClient.mutateAsync(clientName.trim());
    // It stays made when the project is refused: the next attempt uses it.
    replace({ clientId: id, clientName: '' });
    return id;
  };

  const labels = {
    ...structureLabels(),
    clientId: {
      label: t.projects.client,
      format: (id: string) => catalog?.client(id)?.name ?? t.projects.noClient,
    },
    billable: {
      label: t.entry.billable,
      format: (billable: boolean) => (billable ? t.form.yes : t.form.no),
    },
  };
  return { form, labels };
}

/** The client of a project. */
export function ClientField({ form, current }: { form: Form<ProjectValues>; current: string | null }) {
  const catalog = useCatalog().data;
  const { values, set } = form;
  return (
    <>
      <Field label={t.projects.client} error={form.fieldError('clientId')}>
        {(field) => (
          <NativeSelect
            {...field}
            value={values.clientId}
            onChange={(event) => set({ clientId: event.currentTarget.value })}
          >
            <option value="">{t.projects.noClient}</option>
            {catalog?.clients
              .filter((client) => !client.archived || client.id === current)
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
    </>
  );
}

/** Whether new entries of a project are billable. */
export function BillableField({ form }: { form: Form<ProjectValues> }) {
  return (
    <SwitchField
      id="project-billable"
      label={t.entry.billable}
      hint={t.projects.billableHint}
      checked={form.values.billable}
      onCheckedChange={(billable) => form.set({ billable })}
    />
  );
}
