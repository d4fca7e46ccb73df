import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { beginSession, chooseWorkspace, currentSession, endSession } from '@/api/session';
import type { ImportAccount } from '@/api/types';
import { api, server } from '@/testing/server';
import { renderApp } from '@/testing/render';
import { World } from '@/testing/world';
import { ImportPage } from './import-page';

function account(changes: Partial<ImportAccount> = {}): ImportAccount {
  return {
    source: 'toggl',
    dryRun: true,
    timeZone: 'Europe/Berlin',
    committed: false,
    rows: 3,
    entries: {
      created: 3,
      unchanged: 0,
      skipped: 0,
      from: '2016-01-02T12:00:00Z',
      to: '2016-01-03T12:00:00Z',
      durationSeconds: 5400,
      statedSeconds: 5400,
    },
    clients: { created: ['Acme'], existing: 0 },
    projects: { created: ['Site'], existing: 0 },
    categories: { created: [{ project: 'Site', name: 'General' }], existing: 0 },
    tags: { created: [], existing: 2 },
    people: [],
    problems: [],
    problemsTotal: 0,
    errorsTotal: 0,
    ...changes,
  };
}

const bad = {
  line: 17,
  column: 'Start date',
  code: 'invalid_date',
  value: '2016-13-02',
  message: 'There is no month 13.',
  severity: 'error',
} as const;

/**
 * The fields of a form as it was sent; of a file, that it is one. Read from the text, because `request.formData()` fails where jsdom's
 * `File` is not the one that Node knows (Node 24).
 */
function formFields(text: string): Record<string, string> {
  const part = /name="(\w+)"(; filename=)?.*\r\n(?:Content-Type: .*\r\n)?\r\n([^]*?)\r\n--/g;
  return Object.fromEntries(
    [...text.matchAll(part)].map(([, name = '', file, value = '']) => [name, file ? 'a file' : value]),
  );
}

/** Fields of each import that was sent. */
function answerImports(
  answer: (fields: Record<string, string>) => ImportAccount | { refused: ImportAccount },
) {
  const sent: Record<string, string>[] = [];
  server.use(
    api.post('/api/imports', async ({ request, response }) => {
      const fields = formFields(await (request as unknown as Request).text());
      sent.push(fields);
      const result = answer(fields);
      return 'refused' in result
        ? response(400).json({
            code: 'import_failed',
            message: '1 line is bad.',
            requestId: 'r',
            import: result.refused,
          })
        : response(200).json(result);
    }),
  );
  return sent;
}

async function chooseFile(user: ReturnType<typeof renderApp>['user']) {
  await user.upload(
    await screen.findByLabelText('CSV file'),
    new File(['User,Email\n'], 'toggl.csv', { type: 'text/csv' }),
  );
  await user.click(screen.getByRole('button', { name: 'Preview import' }));
}

describe('ImportPage', () => {
  it('shows what would happen, then imports for real', async () => {
    new World().serve();
    const sent = answerImports((fields) =>
      fields.dryRun === 'true' ? account() : account({ dryRun: false, committed: true }),
    );
    const { user } = renderApp(<ImportPage />);

    await chooseFile(user);
    expect(await screen.findByRole('heading', { name: 'Preview' })).toBeVisible();
    expect(
      within(screen.getByRole('region', { name: 'Categories' })).getByText('Site / General'),
    ).toBeVisible();
    expect(screen.getByText(/1 h 30 min in total, from Sat,? 2 January 2016/)).toBeVisible();

    await user.click(screen.getByRole('button', { name: 'Import 3 entries' }));
    expect(await screen.findByRole('heading', { name: '3 entries imported' })).toBeVisible();
    expect(screen.getByRole('link', { name: 'See the entries' })).toHaveAttribute(
      'href',
      expect.stringMatching(/from=2016-01-02&to=2016-01-03&week=2015-12-28/),
    );
    expect(sent.map((fields) => fields.dryRun)).toEqual(['true', 'false']);
    expect(sent[1]).toEqual({
      timeZone: 'Europe/Berlin',
      dryRun: 'false',
      onError: 'stop',
      dateOrder: 'auto',
      defaultCategory: 'General',
      people: 'everybody',
      file: 'a file',
    });
    expect(Object.keys(sent[1] ?? {}).at(-1)).toBe('file');
  });

  it('says whose the entries of each person become, and can leave those of others out', async () => {
    new World().serve();
    const person = { email: null, entries: 2, tag: null };
    const sent = answerImports(({ people }) =>
      account({
        people: [
          { ...person, name: 'Ada', becomes: 'member', memberId: 'a', memberName: 'Ada Lovelace' },
          { ...person, name: 'Bob', becomes: people === 'mine' ? 'left_out' : 'new_placeholder' },
        ],
      }),
    );
    const { user } = renderApp(<ImportPage />);
    await chooseFile(user);
    const people = within(await screen.findByRole('region', { name: '2 people' }));
    expect(people.getByText('for the member Ada Lovelace')).toBeVisible();
    expect(people.getByText('becomes a placeholder')).toBeVisible();

    await user.selectOptions(screen.getByLabelText('Whose entries'), 'Only mine');
    await user.click(screen.getByRole('button', { name: 'Preview import' }));
    expect(await screen.findByText('left out')).toBeVisible();
    expect(sent.map((fields) => fields.people)).toEqual(['everybody', 'mine']);
  });

  it("shows everyone's entries after an import for others, and one's own after one's own", async () => {
    const { me } = new World().serve();
    beginSession(me.user.id);
    const own = { email: null, entries: 2, tag: null, name: 'Ada', becomes: 'member', memberId: me.user.id };
    const bob = { email: null, entries: 1, tag: null, name: 'Bob', becomes: 'new_placeholder' };
    let people = [own, bob] as ImportAccount['people'];
    answerImports(({ dryRun }) =>
      account({ people, ...(dryRun === 'true' ? {} : { dryRun: false, committed: true }) }),
    );
    const { user } = renderApp(<ImportPage />);
    const imported = async () => {
      await user.click(await screen.findByRole('button', { name: 'Import 3 entries' }));
      return screen.findByRole('link', { name: 'See the entries' });
    };
    await chooseFile(user);
    expect(await imported()).toHaveAttribute('href', expect.stringContaining('member=all'));

    people = [own] as ImportAccount['people'];
    await user.click(screen.getByRole('button', { name: 'Import another file' }));
    await chooseFile(user);
    expect(await imported()).toHaveAttribute('href', expect.not.stringContaining('member='));
    endSession(currentSession(), 'signed-out');
    chooseWorkspace(null);
  });

  it('names each bad line and can leave them out', async () => {
    new World().serve();
    const refused = account({ problems: [bad], problemsTotal: 1, errorsTotal: 1 });
    answerImports((fields) => (fields.onError === 'skip' ? account() : { refused }));
    const { user } = renderApp(<ImportPage />);

    await chooseFile(user);
    const line = within(await screen.findByRole('row', { name: /This isn't a date/ }));
    expect(line.getByRole('cell', { name: '17' })).toBeVisible();
    expect(line.getByRole('cell', { name: 'Start date' })).toBeVisible();
    expect(screen.queryByRole('button', { name: /^Import \d/ })).not.toBeInTheDocument();

    await user.click(screen.getByRole('button', { name: 'Skip rows with errors' }));
    await user.click(screen.getByRole('button', { name: 'Preview import' }));
    expect(await screen.findByRole('button', { name: 'Import 3 entries' })).toBeVisible();
  });

  it('says what is wrong with a file that is no export', async () => {
    new World().serve();
    server.use(
      api.post('/api/imports', ({ response }) =>
        response(400).json({
          code: 'unknown_format',
          message: 'This is a PNG, not a CSV.',
          requestId: 'req-3',
        }),
      ),
    );
    const { user } = renderApp(<ImportPage />);
    await chooseFile(user);
    expect(await screen.findByText("This file isn't a CSV export that Clockwork can read.")).toBeVisible();
    expect(screen.getByText('Error ID req-3')).toBeVisible();
  });

  it('has nothing to import the second time', async () => {
    new World().serve();
    answerImports(() =>
      account({
        entries: { created: 0, unchanged: 3, skipped: 0, durationSeconds: 5400, from: null, to: null },
      }),
    );
    const { user } = renderApp(<ImportPage />);
    await chooseFile(user);
    await waitFor(() => expect(screen.getByRole('button', { name: 'Import 0 entries' })).toBeDisabled());
    expect(screen.getByText('Nothing new to import.')).toBeVisible();
  });

  it('says that a file was changed on disk after it was chosen, not that the server is away', async () => {
    new World().serve();
    const sent = answerImports(() => account());
    const { user } = renderApp(<ImportPage />);
    const file = new File(['User,Email\n'], 'toggl.csv', { type: 'text/csv' });
    await user.upload(await screen.findByLabelText('CSV file'), file);
    // A browser that finds another file in its place fails to read it.
    const read = vi.spyOn(FileReader.prototype, 'readAsArrayBuffer').mockImplementation(function (
      this: FileReader,
    ) {
      this.dispatchEvent(new ProgressEvent('error'));
    });
    await user.click(screen.getByRole('button', { name: 'Preview import' }));
    expect(
      await screen.findByText('The file has changed since you chose it. Choose it again.'),
    ).toBeVisible();
    expect(sent).toEqual([]);
    read.mockRestore();
    await user.click(screen.getByRole('button', { name: 'Preview import' }));
    expect(await screen.findByRole('button', { name: 'Import 3 entries' })).toBeVisible();
  });

  it('does not wait for ever when a proxy answers with a page of its own', async () => {
    new World().serve();
    server.use(
      api.untyped.post(
        '*/api/imports',
        () => new Response('<title>Sign in</title>', { headers: { 'Content-Type': 'text/html' } }),
      ),
    );
    const { user } = renderApp(<ImportPage />);
    await chooseFile(user);
    expect(await screen.findByText(/Something else answered in place of the server/)).toBeVisible();
    expect(screen.getByRole('button', { name: 'Reload the page' })).toBeVisible();
    expect(screen.getByRole('button', { name: 'Preview import' })).toBeEnabled();
  });

  it('tells those who may not import so at once', async () => {
    const world = new World().serve();
    world.me = { ...world.me, role: 'member' };
    renderApp(<ImportPage />);
    expect(await screen.findByText(/Owners and administrators/)).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: 'Choose a file' })).not.toBeInTheDocument();
  });
});
