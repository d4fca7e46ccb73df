import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { api, server } from '@/testing/server';
import { renderApp } from '@/testing/render';
import { World } from '@/testing/world';
import { ProjectPage } from './project-page';

function setUp() {
  const world = new World();
  const site = world.project('Site');
  const design = world.category(site, 'Design');
  const logo = world.category(site, 'Logo', design);
  const build = world.category(site, 'Build');
  world.serve();
  const { user } = renderApp(
    <ProjectPage projectId={site.id} showArchived onShowArchived={() => undefined} />,
  );
  const menu = async (category: string, item: string) => {
    await user.click(await screen.findByRole('button', { name: `More for ${category}` }));
    await user.click(await screen.findByRole('menuitem', { name: item }));
  };
  return { world, design, logo, build, user, menu };
}

describe('the tree of categories', () => {
  it('shows levels in order of their names', async () => {
    setUp();
    const tree = await screen.findByRole('list', { name: 'Categories' });
    expect(
      within(tree)
        .getAllByText(/^Level/)
        .map((item) => item.textContent),
    ).toEqual(['Level 1: Build', 'Level 1: Design', 'Level 2: Logo']);
  });

  it('moves a category to every place but into itself', async () => {
    const { world, design, build, user, menu } = setUp();
    await menu('Design', 'Move to…');
    const dialog = within(await screen.findByRole('dialog', { name: 'Move Design' }));
    const places = dialog.getByRole('combobox', { name: 'Move to' });
    expect(
      within(places)
        .getAllByRole('option')
        .map((option) => option.textContent.trim()),
    ).toEqual(['Top of Site', 'Build']);
    await user.selectOptions(places, build.id);
    await user.click(dialog.getByRole('button', { name: 'Move' }));
    await waitFor(() =>
      expect(world.categories.find((category) => category.id === design.id)?.parentCategoryId).toBe(build.id),
    );
    expect(await screen.findByText(/^Level 3: /)).toBeInTheDocument();
  });

  it('says at the name that it is taken', async () => {
    const { user, menu } = setUp();
    server.use(
      api.patch('/api/projects/{projectId}/categories/{categoryId}', ({ response }) =>
        response(409).json({
          code: 'duplicate_category_name',
          message: 'There is already a category of this name here.',
          requestId: 'r',
        }),
      ),
    );
    await menu('Build', 'Edit…');
    const dialog = within(await screen.findByRole('dialog', { name: 'Edit category' }));
    const name = dialog.getByRole('textbox', { name: 'Name' });
    await user.clear(name);
    await user.type(name, 'Design');
    await user.click(dialog.getByRole('button', { name: 'Save' }));
    expect(await dialog.findByText('There is already a category with this name here.')).toBeVisible();
    expect(name).toBeInvalid();
  });

  it('says why a category with time is not deleted', async () => {
    const { user, menu } = setUp();
    server.use(
      api.delete('/api/projects/{projectId}/categories/{categoryId}', ({ response }) =>
        response(409).json({ code: 'category_in_use', message: 'In use.', requestId: 'r' }),
      ),
    );
    await menu('Logo', 'Delete…');
    await user.click(await screen.findByRole('button', { name: 'Delete category' }));
    expect(await screen.findByText(/This category has time entries/)).toBeVisible();
  });

  it('archives', async () => {
    const { world, logo, menu } = setUp();
    await menu('Logo', 'Archive');
    await waitFor(() =>
      expect(world.categories.find((category) => category.id === logo.id)?.archived).toBe(true),
    );
    expect(await screen.findByText('Archived')).toBeVisible();
  });

  it.each([
    ['refused', '“Taken”: There is already a category with this name here. “one”: '],
    ['unreachable', null],
  ] as const)('makes several in one request, all or none where they are %s', async (fault, says) => {
    const { world, user, design } = setUp();
    let isFixed = false;
    const sent: unknown[] = [];
    server.use(
      api.post('/api/projects/{projectId}/categories/bulk-create', async ({ request, response }) => {
        sent.push(await request.clone().json());
        if (isFixed) return undefined;
        if (fault === 'unreachable') return response.untyped(Response.error());
        const field = (place: number) => ({
          field: `categories[${place}].name`,
          code: 'duplicate',
          message: 'is the name of another category at this place',
        });
        return response(409).json({
          code: 'duplicate_category_name',
          message: 'categories[2].name is the name of another category at this place',
          requestId: 'r',
          fields: [field(2), field(3)],
        });
      }),
    );
    await user.click(await screen.findByRole('button', { name: 'Add a category inside Design' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'New category in Design' }));
    await user.click(dialog.getByRole('button', { name: 'Add several' }));
    const names = dialog.getByRole('textbox', { name: 'Names, one per line' });
    await user.type(names, 'One{Enter} Two {Enter}{Enter}Taken{Enter}one');
    await user.click(dialog.getByRole('button', { name: 'Create 4 categories' }));
    const alert = await dialog.findByRole('alert', {}, { timeout: 15_000 });
    if (says) expect(alert).toHaveTextContent(says);
    expect(names).toHaveValue('One\n Two \n\nTaken\none');
    expect(world.categories.map(({ name }) => name)).not.toContain('One');
    isFixed = true;
    sent.length = 0;
    await user.clear(names);
    await user.type(names, 'One{Enter}Two');
    await user.click(dialog.getByRole('button', { name: 'Create 2 categories' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(sent).toEqual([
      {
        parentCategoryId: design.id,
        categories: [
          { name: 'One', description: null, color: null },
          { name: 'Two', description: null, color: null },
        ],
      },
    ]);
    const made = world.categories.filter(({ parentCategoryId }) => parentCategoryId === design.id);
    expect(made.map(({ name }) => name)).toEqual(['Logo', 'One', 'Two']);
  });

  it('sends no more lines than the server makes at once', async () => {
    const { user } = setUp();
    await user.click(await screen.findByRole('button', { name: 'New category' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'New category' }));
    await user.click(dialog.getByRole('button', { name: 'Add several' }));
    const names = dialog.getByRole('textbox', { name: 'Names, one per line' });
    const lines = Array.from({ length: 101 }, (_, number) => `Line ${number}`);
    await user.click(names);
    await user.paste(lines.join('\n'));
    expect(dialog.getByText('These are 101 lines; 100 can be created at once.')).toBeVisible();
    expect(dialog.getByRole('button', { name: 'Create 101 categories' })).toBeDisabled();
  });

  it('shows the colour of the category above, and offers to keep it', async () => {
    const { world, design, menu } = setUp();
    design.color = '#c23d5a';
    expect(world.categories).toContain(design);
    await menu('Logo', 'Edit…');
    const dialog = within(await screen.findByRole('dialog', { name: 'Edit category' }));
    const like = dialog.getByRole('radio', { name: 'Like Design' });
    expect(like).toBeChecked();
    const dot = (element: HTMLElement) => element.querySelector('.color-dot circle')?.getAttribute('fill');
    expect(dot(like)).toBe('#c23d5a');
    const row = screen.getByText('Level 2: Logo').closest('li') ?? expect.fail();
    expect(dot(row)).toBe('#c23d5a');
  });
});
