import { focusManager } from '@tanstack/react-query';
import { act, screen, waitFor } from '@testing-library/react';
import { useState, type ReactNode } from 'react';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { forgetLive, setLive } from '@/api/live/state';
import { SessionsSection } from '@/features/account/components/sessions-section';
import { TokensSection } from '@/features/account/components/tokens-section';
import { ProjectMembers } from '@/features/projects/components/project-members';
import { renderApp } from '@/testing/render';
import { api, server } from '@/testing/server';
import { World } from '@/testing/world';

function Shown({ children }: { children: ReactNode }) {
  const [shown, setShown] = useState(true);
  return (
    <>
      <button onClick={() => setShown(!shown)}>Show or hide</button>
      {shown && children}
    </>
  );
}

describe('what live updates do not tell of is asked for again when it is shown, or the page is', () => {
  beforeEach(() => setLive(true));
  afterEach(() => {
    forgetLive();
    focusManager.setFocused(undefined);
  });
  const world = new World();
  const project = world.project('Site');
  it.each<[string, string, ReactNode]>([
    ['sessions', '/api/auth/sessions', <SessionsSection key="" />],
    ['tokens', '/api/auth/tokens', <TokensSection key="" />],
    [
      'members of a project',
      `/api/projects/${project.id}/members`,
      <ProjectMembers key="" project={project} />,
    ],
  ])('%s', async (_what, path, part) => {
    world.me = { ...world.me, authMode: 'accounts' };
    world.serve();
    let asked = 0;
    const nothing = ({ request }: { request: Request }) => {
      if (new URL(request.url).pathname === path) asked += 1;
      return Response.json([]);
    };
    server.use(
      api.untyped.get('*/api/auth/*', nothing),
      api.untyped.get('*/api/projects/*/members', nothing),
      api.untyped.get('*/api/members', nothing),
      api.untyped.get('*/api/workspaces', nothing),
    );
    const { user } = renderApp(<Shown>{part}</Shown>);
    await waitFor(() => expect(asked).toBe(1));
    const toggle = screen.getByRole('button', { name: 'Show or hide' });
    await user.click(toggle);
    await user.click(toggle);
    await waitFor(() => expect(asked).toBe(2));
    act(() => focusManager.setFocused(false));
    act(() => focusManager.setFocused(true));
    await waitFor(() => expect(asked).toBe(3));
  });
});
